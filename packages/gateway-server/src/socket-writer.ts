import type { Writable } from 'node:stream';

/**
 * Bytes given to a socket in one write; more waits here. Small, so that `bufferedBytes` falls step by step while a slow peer
 * reads, and one that reads can be told from one that has stopped.
 */
const MOST_AT_ONCE = 65_536;

/**
 * So many writers wait for the end of the turn before the first of them write: what an event to a thousand sockets has touched of
 * each has left the processor's caches by then.
 */
const MOST_SCHEDULED = 32;

/**
 * Frames on their way to one socket. Those of one turn of the event loop leave in one write.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class SocketWriter {
  /** Those that wait for the end of this turn. One tick serves them all: one for each would cost as much as its frame. */
  static #scheduled: SocketWriter[] = [];
  /** How many of them, from the first on, have written before it. */
  static #early = 0;
  readonly #socket: Writable;
  readonly #drained: () => void;
  #waiting: string[] = [];
  #waitingBytes = 0;
  /** Writes of which the socket has not told yet that they are over. */
  #untold = 0;
  #state: 'idle' | 'scheduled' | 'writing' | 'ended' = 'idle';

  /** @param drained called each time that everything was written */
  constructor(socket: Writable, drained: () => void) {
    this.#socket = socket;
    this.#drained = drained;
  }

  get bufferedBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  /** Takes a whole frame, a byte to a character. It leaves when the code that runs now has run, without waiting for anything else. */
  write(frame: string): void {
    if (this.#state === 'ended') return;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    SocketWriter.#schedule(this);
  }

  /** Hands over what is left, so that a close frame can follow, and takes nothing any more. */
  end(): void {
    if (this.#state !== 'ended' && this.#waiting.length > 0)
      this.#socket.write(this.#take(Number.POSITIVE_INFINITY), 'latin1');
    this.#state = 'ended';
  }

  static #schedule(writer: SocketWriter): void {
    const scheduled = SocketWriter.#scheduled;
    if (scheduled.length === 0) process.nextTick(SocketWriter.#endTurn);
    if (scheduled.length - SocketWriter.#early >= MOST_SCHEDULED) {
      // They stay scheduled: what else comes for one in this turn waits for its end, and so does word that it has drained.
      for (const one of scheduled.slice(SocketWriter.#early)) if (one.#state === 'scheduled') one.#writeAll();
      SocketWriter.#early = scheduled.length;
    }
    scheduled.push(writer);
  }

  static #endTurn(): void {
    const scheduled = SocketWriter.#scheduled;
    SocketWriter.#scheduled = [];
    SocketWriter.#early = 0;
    for (const writer of scheduled) if (writer.#state === 'scheduled') writer.#proceed();
  }

  #proceed(): void {
    // A socket that broke takes everything and keeps nothing: were that told as room, the whole log would be read for nobody.
    if (!this.#socket.writable) this.#state = 'ended';
    if (this.#state === 'ended' || !this.#writeAll()) return;
    this.#state = 'idle';
    this.#drained();
  }

  /** Writes until the socket no longer takes everything at once, and answers whether it took all there was. */
  #writeAll(): boolean {
    while (this.#waiting.length > 0) {
      this.#untold += 1;
      this.#socket.write(this.#take(MOST_AT_ONCE), 'latin1', () => this.#afterWrite());
      if (this.#socket.writableLength > 0) {
        this.#state = 'writing';
        return false;
      }
    }
    return true;
  }

  /** Most writes are over before this is told of them, because the socket took everything at once: then there is nothing to do. */
  #afterWrite(): void {
    this.#untold -= 1;
    if (this.#state === 'writing' && this.#untold === 0) this.#proceed();
  }

  /** The frames that fit, and one at least. They stay whole, because the library writes its pongs in between. */
  #take(most: number): string {
    const taken = this.#waiting;
    if (this.#waitingBytes <= most || taken.length === 1) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      return taken.length === 1 ? (taken[0] as string) : taken.join('');
    }
    let count = 0;
    let bytes = 0;
    for (const frame of taken) {
      if (count > 0 && bytes + frame.length > most) break;
      bytes += frame.length;
      count += 1;
    }
    this.#waiting = taken.splice(count);
    this.#waitingBytes -= bytes;
    return taken.join('');
  }
}
