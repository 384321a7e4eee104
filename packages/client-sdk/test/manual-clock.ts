import type { Clock } from '@tyrum/contracts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Goes on by so many milliseconds, runs what falls due on the way, in order, and lets what follows from it settle. */
  advance(ms: number): Promise<void>;
  /** Timers that are set. */
  readonly pending: number;
}

export function createManualClock(start = Date.UTC(2026, 0, 2)): ManualClock {
  let elapsed = 0;
  let nextId = 0;
  const timers = new Map<number, { due: number; callback: () => void }>();

  function nextDue(until: number) {
    let earliest: { id: number; due: number; callback: () => void } | undefined;
    for (const [id, { due, callback }] of timers) {
      if (due <= until && (earliest === undefined || due < earliest.due)) earliest = { id, due, callback };
    }
    return earliest;
  }

  return {
    now: () => start + elapsed,
    elapsed: () => elapsed,
    after(ms, callback) {
      const id = nextId++;
      timers.set(id, { due: elapsed + Math.max(0, ms), callback });
      return () => void timers.delete(id);
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settled();
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        elapsed = timer.due;
        timers.delete(timer.id);
        timer.callback();
        await settled();
      }
      elapsed = until;
    },
    get pending() {
      return timers.size;
    },
  };
}

/** Lets every promise that can go on without time or input do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
