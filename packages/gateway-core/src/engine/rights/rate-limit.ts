/** A token bucket: so many at once, so many per second after that. */
export interface Bucket {
  /**
   * Takes one, or so many at once. Answers 0, or the milliseconds after which they will be there; then it has taken none. More than
   * the burst are never there.
   */
  take(count?: number): number;
}

export interface BucketOptions {
  readonly perSecond: number;
  readonly burst: number;
  readonly elapsed: () => number;
}

export function createBucket(options: BucketOptions): Bucket {
  return new TokenBucket(options);
}

/** A class, unlike most of what is here: there is one for each device, and a method that all of them share takes up no memory. */
class TokenBucket implements Bucket {
  readonly #options: BucketOptions;
  /** When all that was taken would have been there, had each been waited for: one number is the whole state, and it never drifts. */
  #due = Number.NEGATIVE_INFINITY;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  take(count = 1): number {
    const { perSecond, burst, elapsed } = this.#options;
    const interval = 1000 / perSecond;
    const now = elapsed();
    const start = Math.max(now, this.#due);
    const wait = start - now - (burst - count) * interval;
    if (wait > 0) return Math.ceil(wait);
    this.#due = start + count * interval;
    return 0;
  }
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
