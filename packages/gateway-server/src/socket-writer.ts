import type { Writable } from 'node:stream';

/**
 * Bytes given to a socket in one write; more waits here. Small, so that `bufferedBytes` falls step by step while a slow peer
 * reads, and one that reads can be told from one that has stopped.
 */
const MOST_AT_ONCE = 65_536;

/**
 * Frames on their way to one socket. Those of one turn of the event loop leave in one write.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class SocketWriter {
  readonly #socket: Writable;
  readonly #drained: () => void;
  #waiting: string[] = [];
  #waitingBytes = 0;
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
    process.nextTick(SocketWriter.#writeSome, this);
  }

  /** Hands over what is left, so that a close frame can follow, and takes nothing any more. */
  end(): void {
    if (this.#state !== 'ended' && this.#waiting.length > 0)
      this.#socket.write(this.#take(Number.POSITIVE_INFINITY), 'latin1');
    this.#state = 'ended';
  }

  static #writeSome(writer: SocketWriter): void {
    if (writer.#state === 'ended') return;
    if (writer.#waiting.length > 0) {
      writer.#state = 'writing';
      writer.#socket.write(writer.#take(MOST_AT_ONCE), 'latin1', () => SocketWriter.#writeSome(writer));
      return;
    }
    writer.#state = 'idle';
    writer.#drained();
  }

  /** The frames that fit, and one at least. They stay whole, because the library writes its pongs in between. */
  #take(most: number): string {
    let count = 0;
    let bytes = 0;
    for (const frame of this.#waiting) {
      if (count > 0 && bytes + frame.length > most) break;
      bytes += frame.length;
      count += 1;
    }
    const taken = this.#waiting;
    this.#waiting = taken.splice(count);
    this.#waitingBytes -= bytes;
    return taken.join('');
  }
}
