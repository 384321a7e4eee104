import type { Clock } from '@tyrum/contracts';
import type { Channel } from '../ports/channel.ts';

/** What goes out on one connection: knows when the peer is behind, and when it has stopped reading altogether. */
export interface Output {
  send(text: string): void;
  /** Whether more is buffered than may be: then nothing is sent that can wait. */
  full(): boolean;
  readonly bufferedBytes: number;
  stop(): void;
}

export function createOutput(options: {
  channel: Channel;
  clock: Clock;
  highWaterBytes: number;
  stallMs: number;
  onStall: () => void;
}): Output {
  const { channel, clock, highWaterBytes, stallMs, onStall } = options;
  /** What was buffered right after the last send: less than that later on means that the peer has read. */
  let bufferedAfterSend = 0;
  let progressed = false;
  let stopWatch: (() => void) | undefined;

  function watch(): void {
    progressed = false;
    stopWatch = clock.after(stallMs, () => {
      stopWatch = undefined;
      if (channel.bufferedBytes <= highWaterBytes) return;
      if (progressed || channel.bufferedBytes < bufferedAfterSend) watch();
      else onStall();
    });
  }

  return {
    get bufferedBytes() {
      return channel.bufferedBytes;
    },
    send(text) {
      if (channel.bufferedBytes < bufferedAfterSend) progressed = true;
      channel.send(text);
      bufferedAfterSend = channel.bufferedBytes;
      if (bufferedAfterSend > highWaterBytes && stopWatch === undefined) watch();
    },
    full: () => channel.bufferedBytes > highWaterBytes,
    stop() {
      stopWatch?.();
    },
  };
}
