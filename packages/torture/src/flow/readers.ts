import type { RawPeer } from './raw-peer.ts';

/** What honest readers have got, all together. */
export interface Readers {
  /** Is shown every text that one of them gets; acknowledges for it. */
  take(text: string, peer: RawPeer): void;
  /** Durable events that came since the last `begin`. */
  readonly events: number;
  /** Milliseconds from the sending of each message to its arrival at each reader, since the last `begin`. */
  readonly latencies: readonly number[];
  begin(): void;
}

/** A fraction of the window, so that the gateway never waits for it. */
const ACK_EVERY = 64;
/** A message begins with the time at which it was sent. */
const STAMP = '"role":"user","content":"@';

export function stamped(bytes: number): string {
  return `@${performance.now().toFixed(3)}_`.padEnd(bytes, 'x');
}

export function createReaders(): Readers {
  const counts = new Map<RawPeer, number>();
  let events = 0;
  let latencies: number[] = [];
  return {
    take(text, peer) {
      const cursorAt = text.lastIndexOf(',"cursor":"');
      if (cursorAt < 0 || !text.startsWith('{"event_id"')) return;
      events += 1;
      const count = (counts.get(peer) ?? 0) + 1;
      counts.set(peer, count);
      if (count % ACK_EVERY === 0) peer.request('events.ack', { cursor: JSON.parse(text).cursor });
      const stampAt = text.indexOf(STAMP);
      if (stampAt >= 0) latencies.push(performance.now() - Number.parseFloat(text.slice(stampAt + STAMP.length)));
    },
    get events() {
      return events;
    },
    get latencies() {
      return latencies;
    },
    begin() {
      events = 0;
      latencies = [];
    },
  };
}
