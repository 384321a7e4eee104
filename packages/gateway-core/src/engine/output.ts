import type { Clock } from '@tyrum/contracts';
import type { Channel } from '../ports/channel.ts';

/** What goes out on one connection: knows when the peer is behind, and when it has stopped reading altogether. */
export interface Output {
  send(text: string): void;
  /** Whether more is buffered than may be: then nothing is sent that can wait. */
  full(): boolean;
  /** Whether it was full when it was asked since the last call: only then does anything wait for room. */
  relieved(): boolean;
  /** Whether anything waits to be read: a peer that is behind answers late, and that proves nothing. */
  behind(): boolean;
  stop(): void;
}

/** In how many steps of the stall time progress is looked for: what is read is seen at the next step, never before. */
const STEPS = 4;

export function createOutput(options: {
  channel: Channel;
  clock: Clock;
  highWaterBytes: number;
  stallMs: number;
  onStall: () => void;
}): Output {
  const { channel, clock, highWaterBytes, stallMs, onStall } = options;
  /** What was buffered when it was last looked at: less than that later on means that the peer has read. */
  let buffered = 0;
  let readAt = 0;
  let stopWatch: (() => void) | undefined;
  let foundFull = false;

  function look(): void {
    const now = channel.bufferedBytes;
    if (now < buffered || now === 0) readAt = clock.elapsed();
    buffered = now;
  }

  function watch(): void {
    stopWatch = clock.after(stallMs / STEPS, () => {
      stopWatch = undefined;
      look();
      if (buffered === 0) return;
      if (clock.elapsed() - readAt >= stallMs) onStall();
      else watch();
    });
  }

  return {
    send(text) {
      look();
      channel.send(text);
      buffered = channel.bufferedBytes;
      if (buffered > 0 && stopWatch === undefined) watch();
    },
    full() {
      const full = channel.bufferedBytes > highWaterBytes;
      if (full) foundFull = true;
      return full;
    },
    relieved() {
      const relieved = foundFull;
      foundFull = false;
      return relieved;
    },
    behind: () => channel.bufferedBytes > 0,
    stop() {
      stopWatch?.();
      stopWatch = undefined;
    },
  };
}
