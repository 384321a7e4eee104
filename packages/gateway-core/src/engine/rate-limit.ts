/** A token bucket: so many at once, so many per second after that. */
export interface Bucket {
  /** Takes one. Answers 0, or the milliseconds after which one will be there. */
  take(): number;
}

export function createBucket(options: { perSecond: number; burst: number; elapsed: () => number }): Bucket {
  const { perSecond, burst, elapsed } = options;
  const interval = 1000 / perSecond;
  const patience = (burst - 1) * interval;
  /** When all that was taken would have been there, had each been waited for: one number is the whole state, and it never drifts. */
  let due = Number.NEGATIVE_INFINITY;
  return {
    take() {
      const now = elapsed();
      const start = Math.max(now, due);
      const wait = start - now - patience;
      if (wait > 0) return Math.ceil(wait);
      due = start + interval;
      return 0;
    },
  };
}

/** One bucket for each name, for the names that were heard of most recently. */
export function createBuckets(make: () => Bucket, most: number): (name: string) => Bucket {
  const buckets = new Map<string, Bucket>();
  return (name) => {
    const bucket = buckets.get(name) ?? make();
    // Set again, the name moves to the end: the first is the one that was not heard of for longest.
    buckets.delete(name);
    buckets.set(name, bucket);
    if (buckets.size > most) buckets.delete(buckets.keys().next().value as string);
    return bucket;
  };
}
