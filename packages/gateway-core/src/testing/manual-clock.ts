import type { Clock } from '@tyrum/contracts';

/** A clock that a test moves. */
export interface ManualClock extends Clock {
  /** Lets time pass: calls back what comes due on the way, in order, each at its time. */
  advance(ms: number): void;
  /** Sets the wall clock, as an administrator does: `now` jumps, `elapsed` and timers do not notice. */
  set(now: number): void;
  /** How many callbacks wait. */
  readonly waiting: number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** @param start Unix milliseconds at the beginning. @default 2026-01-02T03:04:05.678Z */
export function createManualClock(start = 1_767_323_045_678): ManualClock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let offset = start;
  let count = 0;

  function earliest(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.due > until) continue;
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  return {
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    after(ms, callback) {
      const timer = { due: elapsed + Math.max(0, ms), order: count, callback };
      count += 1;
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = earliest(until); timer !== undefined; timer = earliest(until)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.due);
        timer.callback();
      }
      elapsed = until;
    },
    set(now) {
      offset = now - elapsed;
    },
    get waiting() {
      return timers.size;
    },
  };
}
