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

/** Whose frames are written. */
export interface WriterOwner {
  /** Whether `drained` is waited for. */
  readonly awaitsDrain: boolean;
  /** Everything was written. Told where it is waited for, and maybe elsewhere too. */
  drained(): void;
}

/**
 * Frames on their way to one socket. Those of one turn of the event loop leave in one write.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class SocketWriter {
  /** Counts the turns in which anything was written. */
  static #turn = 0;
  static #turnEnds = false;
  /** Those that have not written in this turn. They do once there are many of them, or when it ends. */
  static #fresh: SocketWriter[] = [];
  /** Those that wait for the end of the turn, come what may. One tick serves them all: one for each would cost as much as its frame. */
  static #waiting: SocketWriter[] = [];
  readonly #socket: Writable;
  readonly #owner: WriterOwner;
  /** The frames of the next write, as one text. */
  #next = '';
  /** What that write has no room for, in portions of one write each. There since there first was any. */
  #later: string[] | undefined = undefined;
  #laterBytes = 0;
  /** The turn in which it wrote last. */
  #wroteIn = -1;
  #state: 'idle' | 'scheduled' | 'writing' | 'ended' = 'idle';

  constructor(socket: Writable, owner: WriterOwner) {
    this.#socket = socket;
    this.#owner = owner;
  }

  get bufferedBytes(): number {
    const waiting = this.#next.length + this.#laterBytes;
    // Where nothing of this writer is under way, nothing waits in the socket that were worth looking for.
    return this.#state === 'writing' || this.#state === 'ended' ? waiting + this.#socket.writableLength : waiting;
  }

  /** Takes a whole frame, a byte to a character. It leaves when the code that runs now has run, without waiting for anything else. */
  write(frame: string): void {
    if (this.#state === 'ended') return;
    // They stay whole, because the library writes its pongs in between.
    if (this.#next === '') this.#next = frame;
    else if (this.#later === undefined && this.#next.length + frame.length <= MOST_AT_ONCE) this.#next += frame;
    else this.#writeLater(frame);
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    SocketWriter.#schedule(this);
  }

  /** Hands over what is left, so that a close frame can follow, and takes nothing any more. */
  end(): void {
    if (this.#state !== 'ended') while (this.#next !== '') this.#socket.write(this.#take(), 'latin1');
    this.#state = 'ended';
  }

  static #schedule(writer: SocketWriter): void {
    if (!SocketWriter.#turnEnds) process.nextTick(SocketWriter.#endTurn);
    SocketWriter.#turnEnds = true;
    if (writer.#wroteIn === SocketWriter.#turn) {
      SocketWriter.#waiting.push(writer);
      return;
    }
    if (SocketWriter.#fresh.length >= MOST_SCHEDULED) SocketWriter.#writeEarly();
    SocketWriter.#fresh.push(writer);
  }

  static #writeEarly(): void {
    for (const writer of SocketWriter.#fresh) {
      if (writer.#state !== 'scheduled') continue;
      writer.#wroteIn = SocketWriter.#turn;
      if (!writer.#writeAll()) continue;
      // Word that it has drained waits for the end of the turn: whoever hears it may send more.
      if (writer.#owner.awaitsDrain) SocketWriter.#waiting.push(writer);
      else writer.#state = 'idle';
    }
    SocketWriter.#fresh = [];
  }

  static #endTurn(): void {
    const writers = [...SocketWriter.#waiting, ...SocketWriter.#fresh];
    SocketWriter.#waiting = [];
    SocketWriter.#fresh = [];
    SocketWriter.#turnEnds = false;
    SocketWriter.#turn += 1;
    for (const writer of writers) if (writer.#state === 'scheduled') writer.#proceed();
  }

  #proceed(): void {
    // A socket that broke takes everything and keeps nothing: were that told as room, the whole log would be read for nobody.
    if (!this.#socket.writable) this.#state = 'ended';
    if (this.#state === 'ended' || !this.#writeAll()) return;
    this.#state = 'idle';
    if (this.#owner.awaitsDrain) this.#owner.drained();
  }

  /** Writes until the socket no longer takes everything at once, and answers whether it took all there was. */
  #writeAll(): boolean {
    while (this.#next !== '') {
      this.#socket.write(this.#take(), 'latin1');
      if (this.#socket.writableLength > 0) {
        this.#state = 'writing';
        // Nearly every write is over at once; of one that is not, an empty one behind it tells when it is.
        this.#socket.write('', 'latin1', () => this.#proceed());
        return false;
      }
    }
    return true;
  }

  #take(): string {
    const taken = this.#next;
    this.#next = this.#later?.shift() ?? '';
    this.#laterBytes -= this.#next.length;
    if (this.#later?.length === 0) this.#later = undefined;
    return taken;
  }

  #writeLater(frame: string): void {
    this.#later ??= [];
    const last = this.#later.length - 1;
    const portion = this.#later[last];
    if (portion !== undefined && portion.length + frame.length <= MOST_AT_ONCE) this.#later[last] = portion + frame;
    else this.#later.push(frame);
    this.#laterBytes += frame.length;
  }
}
