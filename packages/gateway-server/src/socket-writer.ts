import type { Writable } from 'node:stream';

/**
 * Bytes given to a socket in one write; more waits here. Small, so that `bufferedBytes` falls step by step while a slow peer
 * reads, and one that reads can be told from one that has stopped.
 */
const MOST_AT_ONCE = 65_536;

/** Frames on their way to one socket. Those of one turn of the event loop leave in one write. */
export interface SocketWriter {
  /** Takes a whole frame. It leaves when the code that runs now has run, without waiting for anything else. */
  write(frame: Buffer): void;
  /** Hands over what is left, so that a close frame can follow, and takes nothing any more. */
  end(): void;
  readonly bufferedBytes: number;
}

/** @param drained called each time that everything was written */
export function createSocketWriter(socket: Writable, drained: () => void): SocketWriter {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let state: 'idle' | 'scheduled' | 'writing' | 'ended' = 'idle';

  function writeSome(): void {
    if (state === 'ended') return;
    if (waiting.length > 0) {
      state = 'writing';
      socket.write(take(MOST_AT_ONCE), writeSome);
      return;
    }
    state = 'idle';
    drained();
  }

  /** The frames that fit, and one at least. They stay whole, because the library writes its pongs in between. */
  function take(most: number): Buffer {
    let count = 0;
    let bytes = 0;
    for (const frame of waiting) {
      if (count > 0 && bytes + frame.length > most) break;
      bytes += frame.length;
      count += 1;
    }
    const taken = waiting;
    waiting = taken.splice(count);
    waitingBytes -= bytes;
    return count === 1 ? (taken[0] as Buffer) : Buffer.concat(taken, bytes);
  }

  return {
    write(frame) {
      if (state === 'ended') return;
      waiting.push(frame);
      waitingBytes += frame.length;
      if (state !== 'idle') return;
      state = 'scheduled';
      process.nextTick(writeSome);
    },
    end() {
      if (state !== 'ended' && waiting.length > 0) socket.write(take(Number.POSITIVE_INFINITY));
      state = 'ended';
    },
    get bufferedBytes() {
      return waitingBytes + socket.writableLength;
    },
  };
}
