/** Counts what happened lately, exactly: so many within so long, wherever that time begins. */
export interface SlidingWindow {
  /** Notes one more. Answers whether that is more than the window allows. */
  exceeds(): boolean;
}

export function createSlidingWindow(options: { most: number; windowMs: number; elapsed: () => number }): SlidingWindow {
  const { most, windowMs, elapsed } = options;
  /** When the last `most` of them happened, as a ring: nobody who behaves has one. */
  const times: number[] = [];
  let oldest = 0;
  return {
    exceeds() {
      const now = elapsed();
      if (times.length < most) {
        times.push(now);
        return false;
      }
      const tooMany = now - (times[oldest] as number) < windowMs;
      times[oldest] = now;
      oldest = (oldest + 1) % most;
      return tooMany;
    },
  };
}
