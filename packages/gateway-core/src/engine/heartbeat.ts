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
  /** Whether this side itself keeps from reading: then silence proves nothing. */
  paused: () => boolean;
  onBeat: () => void;
  onDead: () => void;
}): Heartbeat {
  const { clock, intervalMs } = options;
  let unanswered = 0;
  let stopTimer = clock.after(intervalMs, beat);

  function beat(): void {
    if (unanswered >= MISSED_HEARTBEATS && !options.paused()) {
      options.onDead();
      return;
    }
    unanswered += 1;
    options.ping();
    options.onBeat();
    stopTimer = clock.after(intervalMs, beat);
  }

  return {
    alive() {
      unanswered = 0;
    },
    stop: () => stopTimer(),
  };
}
