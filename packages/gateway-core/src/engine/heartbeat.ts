import { type Clock, MISSED_HEARTBEATS } from '@tyrum/contracts';

/** Asks a peer for signs of life, and tells when there have been none for too long. */
export interface Heartbeat {
  /** Anything came from the peer. */
  alive(): void;
  stop(): void;
}

export function createHeartbeat(options: {
  clock: Clock;
  intervalMs: number;
  ping: () => void;
  /** Whether silence proves nothing now: the peer cannot have seen the ping yet, or its answer is not read yet. */
  excused: () => boolean;
  onBeat: () => void;
  onDead: () => void;
}): Heartbeat {
  const { clock, intervalMs } = options;
  let unanswered = 0;
  let stopTimer = clock.after(intervalMs, beat);

  function beat(): void {
    if (options.excused()) unanswered = 0;
    if (unanswered >= MISSED_HEARTBEATS) {
      options.onDead();
      return;
    }
    unanswered += 1;
    stopTimer = clock.after(intervalMs, beat);
    options.ping();
    options.onBeat();
  }

  return {
    alive() {
      unanswered = 0;
    },
    stop: () => stopTimer(),
  };
}
