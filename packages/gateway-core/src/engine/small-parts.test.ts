import { describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { createAgreedExtensions } from './agreed-extensions.ts';
import { createDirectory } from './directory.ts';
import { Inbox } from './inbox.ts';
import type { Peer } from './peer.ts';
import { createBucket, createBuckets } from './rate-limit.ts';
import { scopesOf } from './role-scopes.ts';
import { createSlidingWindow } from './sliding-window.ts';

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

describe('a sliding window', () => {
  it('is exceeded by one more than it allows, wherever its time begins [ER-8]', () => {
    let now = 0;
    const window = createSlidingWindow({ most: 3, windowMs: 10, elapsed: () => now });
    const at = (time: number) => {
      now = time;
      return window.exceeds();
    };

    expect([at(0), at(8), at(9), at(9)]).toEqual([false, false, false, true]);
    expect([at(17), at(18), at(19), at(20)]).toEqual([true, true, false, true]);
    expect([at(100), at(100), at(100), at(100)]).toEqual([false, false, false, true]);
  });
});

describe('an inbox', () => {
  it('takes frames up in their order, as far as that is allowed, also when taking one brings another [RQ-4]', () => {
    const taken: string[] = [];
    let room = 0;
    const inbox = new Inbox({
      mayTake: () => room > 0,
      take(text) {
        room -= 1;
        if (text === 'a') inbox.add('brought by a');
        taken.push(text);
      },
    });

    inbox.add('a');
    inbox.add('b');
    inbox.add('c');
    expect([taken, inbox.waiting()]).toEqual([[], 3]);
    room = 2;
    inbox.proceed();
    expect([taken, inbox.waiting()]).toEqual([['a', 'b'], 2]);
    room = 1;
    inbox.add('d');
    expect(taken).toEqual(['a', 'b', 'c']);
    inbox.clear();

    expect(inbox.waiting()).toBe(0);
  });

  it('goes on after a frame that could not be taken', () => {
    const taken: string[] = [];
    const inbox = new Inbox({
      mayTake: () => true,
      take(text) {
        if (text === 'bad') throw new Error('a bug');
        taken.push(text);
      },
    });

    expect(() => inbox.add('bad')).toThrow('a bug');
    inbox.add('good');

    expect(taken).toEqual(['good']);
  });
});

describe('what equal connections share', () => {
  it('is the set of their scopes, cut down to what their role can have', () => {
    const scopes = scopesOf('client', ['operator.write', 'operator.read', 'node.paired']);

    expect([...scopes]).toEqual(['operator.read', 'operator.write']);
    expect(scopesOf('client', ['operator.read', 'operator.write'])).toBe(scopes);
    expect([...scopesOf('client', ['operator.read'])]).toEqual(['operator.read']);
    expect([...scopesOf('node', ['operator.read', 'node.paired'])]).toEqual(['node.paired']);
  });

  it('is the set of their extensions, when they agreed on none or on all', () => {
    const extensionsOf = createAgreedExtensions({ extensions: [{ id: 'a' }, { id: 'b' }] });

    expect(extensionsOf([])).toBe(extensionsOf([]));
    expect(extensionsOf(['b', 'a'])).toBe(extensionsOf(['a', 'b']));
    expect([extensionsOf([]), extensionsOf(['a', 'b']), extensionsOf(['b'])].map((set) => [...set])).toEqual([
      [],
      ['a', 'b'],
      ['b'],
    ]);
  });
});

describe('the directory', () => {
  const peer = (tenant: string, deviceId: string, role: 'client' | 'node' = 'client') =>
    ({ tenant, deviceId, role }) as Peer;

  it('finds the newest connection of a device, in one role where that is asked for', () => {
    const directory = createDirectory();
    const peers = [peer('a', 'x'), peer('a', 'x', 'node'), peer('a', 'x'), peer('a', '__proto__'), peer('b', 'x')];
    for (const one of peers) directory.add(one);

    expect(directory.find('a', 'x')).toBe(peers[2]);
    expect(directory.find('a', 'x', 'node')).toBe(peers[1]);
    expect(directory.find('a', '__proto__')).toBe(peers[3]);
    expect(directory.find('__proto__', 'x')).toBeUndefined();
    expect([...directory.ofTenant('a')]).toHaveLength(4);
    expect([directory.count('a'), directory.count('b'), directory.count('c')]).toEqual([4, 1, 0]);
    expect([...directory.all()]).toHaveLength(5);
  });

  it('forgets a connection once, and tells whether it knew it', () => {
    const directory = createDirectory();
    const one = peer('a', 'x');
    directory.add(one);

    expect([directory.remove(one), directory.remove(one), directory.remove(peer('a', 'x'))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([directory.size, [...directory.all()]]).toEqual([0, []]);
  });

  it('can be walked through while connections go', () => {
    const directory = createDirectory();
    const peers = [peer('a', 'x'), peer('a', 'y'), peer('a', 'z')];
    for (const one of peers) directory.add(one);

    const seen = [];
    for (const one of directory.ofTenant('a')) {
      seen.push(one);
      directory.remove(one);
    }

    expect(seen).toEqual(peers);
  });
});
