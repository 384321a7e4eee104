/** How many are kept at the most; those after that are left out. */
const MOST = 2_000_000;

/** Durations in milliseconds, kept apart from each other, so that quantiles are exact. */
export interface Latencies {
  add(ms: number): void;
  quantile(share: number): number;
}

export function createLatencies(): Latencies {
  let values = new Float64Array(4096);
  let count = 0;
  return {
    add(ms) {
      if (count === values.length) {
        if (count >= MOST) return;
        const larger = new Float64Array(2 * count);
        larger.set(values);
        values = larger;
      }
      values[count] = ms;
      count += 1;
    },
    quantile(share) {
      const sorted = values.slice(0, count).sort();
      return sorted[Math.min(count - 1, Math.floor(share * count))] ?? Number.NaN;
    },
  };
}
