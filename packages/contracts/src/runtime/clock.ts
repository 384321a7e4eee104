/** Time, so that whoever runs the program owns it: the system's, or a simulation's. */
export interface Clock {
  /** Unix milliseconds. May jump, in both directions. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. For durations and time-outs. */
  elapsed(): number;
  /** Calls back once, `ms` milliseconds from now. Returns the undo, which is safe to call at any time. */
  after(ms: number, callback: () => void): () => void;
}

interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: never): void;
  performance: { now(): number };
}

/** The clock of the machine. Its timers do not keep a Node.js process alive unless `keepAlive` is set. */
export function systemClock({ keepAlive = false } = {}): Clock {
  const { setTimeout, clearTimeout, performance } = globalThis as unknown as Timers;
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      if (!keepAlive && typeof timer === 'object' && timer !== null && 'unref' in timer)
        (timer.unref as () => void).call(timer);
      return () => clearTimeout(timer as never);
    },
  };
}
