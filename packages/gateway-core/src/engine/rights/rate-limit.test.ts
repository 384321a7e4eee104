import { describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createBucket, createBuckets } from './rate-limit.ts';

describe('a bucket', () => {
  it('gives its burst at once, and then so many a second [FC-3]', () => {
    const clock = createManualClock();
    const bucket = createBucket({ perSecond: 4, burst: 3, elapsed: clock.elapsed });

    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0, 250, 250]);
    clock.advance(249);
    expect(bucket.take()).toBe(1);
    clock.advance(1);
    expect([bucket.take(), bucket.take()]).toEqual([0, 250]);
  });

  it('keeps no more than its burst, however long nothing is taken [FC-3]', () => {
    const clock = createManualClock();
    const bucket = createBucket({ perSecond: 1_000, burst: 2, elapsed: clock.elapsed });
    bucket.take();
    clock.advance(86_400_000);

    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 1]);
  });

  it('gives as many at once as are asked for, or none of them', () => {
    const clock = createManualClock();
    const bucket = createBucket({ perSecond: 10, burst: 5, elapsed: clock.elapsed });

    expect([bucket.take(3), bucket.take(3), bucket.take(2), bucket.take(4)]).toEqual([0, 100, 0, 400]);
    clock.advance(400);
    expect([bucket.take(4), bucket.take()]).toEqual([0, 100]);
  });

  it('gives exactly its rate over a long time, at moments that no binary fraction holds [FC-3]', () => {
    let now = 0;
    const bucket = createBucket({ perSecond: 3, burst: 1, elapsed: () => now });
    let given = 0;
    for (let step = 0; step < 100_000; step += 1) {
      now = step * 0.1;
      if (bucket.take() === 0) given += 1;
    }

    expect(given).toBeGreaterThanOrEqual(29);
    expect(given).toBeLessThanOrEqual(31);
  });
});

describe('buckets by name', () => {
  it('are remembered for those who were heard of last', () => {
    const make = vi.fn(() => ({ take: () => 0 }));
    const bucketOf = createBuckets(make, 2);

    const one = bucketOf('one');
    bucketOf('two');
    expect(bucketOf('one')).toBe(one);
    bucketOf('three');

    expect(bucketOf('one')).toBe(one);
    expect(make).toHaveBeenCalledTimes(3);
    bucketOf('two');
    expect(make).toHaveBeenCalledTimes(4);
  });
});
