/** A token bucket: so many at once, so many per second after that. */
export interface Bucket {
  /** Takes one. Answers 0, or the milliseconds after which one will be there. */
  take(): number;
}

export function createBucket(options: { perSecond: number; burst: number; elapsed: () => number }): Bucket {
  const { perSecond, burst, elapsed } = options;
  let tokens = burst;
  let filledAt = elapsed();
  return {
    take() {
      const now = elapsed();
      tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1000);
      filledAt = now;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) * 1000) / perSecond);
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
