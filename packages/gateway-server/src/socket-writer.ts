import type { Writable } from 'node:stream';

/**
 * Bytes given to a socket in one write; more waits here. Small, so that `bufferedBytes` falls step by step while a slow peer
 * reads, and one that reads can be told from one that has stopped.
 */
const MOST_AT_ONCE = 65_536;

/** The writers that wait for the end of this turn. One tick serves them all, for a tick of its own costs each as much as its frame. */
let scheduled: SocketWriter[] = [];

function schedule(writer: SocketWriter): void {
  if (scheduled.push(writer) === 1) process.nextTick(writeScheduled);
}

function writeScheduled(): void {
  const writers = scheduled;
  scheduled = [];
  for (const writer of writers) writer.proceed();
}

/**
 * Frames on their way to one socket. Those of one turn of the event loop leave in one write.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class SocketWriter {
  readonly #socket: Writable;
  readonly #drained: () => void;
  readonly #onWritten = () => this.#afterWrite();
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
    schedule(this);
  }

  /** Writes what waits, as far as the socket takes it at once. For the turn's end alone. */
  proceed(): void {
    while (this.#state !== 'ended' && this.#waiting.length > 0) {
      this.#state = 'writing';
      this.#untold += 1;
      this.#socket.write(this.#take(MOST_AT_ONCE), 'latin1', this.#onWritten);
      if (this.#socket.writableLength > 0) return;
    }
    if (this.#state === 'ended') return;
    this.#state = 'idle';
    this.#drained();
  }

  /** Hands over what is left, so that a close frame can follow, and takes nothing any more. */
  end(): void {
    if (this.#state !== 'ended' && this.#waiting.length > 0)
      this.#socket.write(this.#take(Number.POSITIVE_INFINITY), 'latin1');
    this.#state = 'ended';
  }

  /** Most writes are over before this is told of them, because the socket took everything at once: then there is nothing to do. */
  #afterWrite(): void {
    this.#untold -= 1;
    if (this.#state === 'writing' && this.#untold === 0) this.proceed();
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
