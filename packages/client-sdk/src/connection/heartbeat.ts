import type { Clock } from '@tyrum/contracts';
import { MISSED_HEARTBEATS } from '@tyrum/contracts/spoken';

/** Notices a gateway that has fallen silent, which a browser's socket does not. */
export interface Heartbeat {
  /** Something came. */
  heard(): void;
  stop(): void;
}

/**
 * Asks a silent gateway whether it is there, once each interval; two questions in a row without any sign of life and it is dead.
 */
export function startHeartbeat(options: {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly ask: () => void;
  readonly onDead: () => void;
}): Heartbeat {
  const { clock, intervalMs, ask, onDead } = options;
  let unanswered = 0;
  let silent = true;
  let cancel = clock.after(intervalMs, tick);

  function tick(): void {
    if (!silent) unanswered = 0;
    else if (unanswered === MISSED_HEARTBEATS) return onDead();
    else {
      unanswered += 1;
      ask();
    }
    silent = true;
    cancel = clock.after(intervalMs, tick);
  }

  return {
    heard() {
      silent = false;
    },
    stop: () => cancel(),
  };
}
