import { utf8Length } from '@tyrum/contracts';
import type { Channel, Connection } from '../ports/channel.ts';

/** A socket without a network, seen from both ends. */
export interface FakeChannel extends Channel {
  /** Every text that the gateway has handed over, read or not. */
  readonly sent: readonly string[];
  /** How the gateway closed it, once it did. */
  readonly closing: { readonly code: number; readonly reason: string } | undefined;
  readonly pings: number;
  /** Whether the gateway has stopped reading. */
  readonly paused: boolean;
  /** Whether the peer leaves pings unanswered. One that does not read, or is not read, leaves them so anyway. */
  mute: boolean;
  /** What the peer has sent and the gateway has not read, because it paused. */
  readonly unread: number;

  /** Ties the channel to the connection that was accepted on it. */
  attach(connection: Connection): void;
  /** The peer sends a text; it waits in the socket while the gateway does not read. */
  deliver(text: string): void;
  deliverBinary(): void;
  /** The peer stops reading: what is sent from now on stays buffered. */
  stall(): void;
  /** The peer reads this many of the texts that are buffered, all when left out; it reads on when none is left. */
  read(count?: number): void;
  /** The socket breaks. */
  lose(): void;
}

export function createFakeChannel(onText: (text: string) => void): FakeChannel {
  const sent: string[] = [];
  let connection: Connection | undefined;
  let closing: { code: number; reason: string } | undefined;
  let lost = false;
  let pings = 0;
  let mute = false;
  let paused = false;
  let stalled = false;
  let unwritten: string[] = [];
  let bufferedBytes = 0;
  let unread: (string | undefined)[] = [];

  function open(): Connection {
    if (connection === undefined) throw new Error('attach a connection first');
    return connection;
  }

  function feed(text: string | undefined): void {
    if (closing !== undefined || lost) return;
    if (text === undefined) open().receiveBinary();
    else open().receive(text);
  }

  function arrive(text: string | undefined): void {
    if (paused) unread.push(text);
    else feed(text);
  }

  return {
    sent,
    get closing() {
      return closing;
    },
    get pings() {
      return pings;
    },
    get paused() {
      return paused;
    },
    get mute() {
      return mute;
    },
    set mute(wanted) {
      mute = wanted;
    },
    get unread() {
      return unread.length;
    },
    get bufferedBytes() {
      return bufferedBytes;
    },
    send(text) {
      if (closing !== undefined || lost) return;
      sent.push(text);
      if (stalled) {
        unwritten.push(text);
        bufferedBytes += utf8Length(text);
      } else onText(text);
    },
    close(code, reason) {
      if (closing !== undefined || lost) return;
      closing = { code, reason };
      queueMicrotask(() => open().closed(code, reason));
    },
    ping() {
      pings += 1;
      if (!mute && !stalled && !paused) open().alive();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      while (unread.length > 0 && !paused) feed(unread.shift());
    },
    attach(accepted) {
      connection = accepted;
    },
    deliver: (text) => arrive(text),
    deliverBinary: () => arrive(undefined),
    stall() {
      stalled = true;
    },
    read(count = unwritten.length) {
      for (const text of unwritten.splice(0, count)) {
        bufferedBytes -= utf8Length(text);
        onText(text);
      }
      if (unwritten.length > 0) return;
      stalled = false;
      if (!lost) open().drained();
    },
    lose() {
      lost = true;
      unwritten = [];
      unread = [];
      open().closed(1006, '');
    },
  };
}
