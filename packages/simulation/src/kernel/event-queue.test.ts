import { expect, test } from 'vitest';
import { createEventQueue } from './event-queue.ts';
import { createPrng } from './prng.ts';

test('an event queue gives the earliest first, and of the same time the one that came first', () => {
  const queue = createEventQueue<string>();
  for (const [time, value] of [
    [3, 'c'],
    [1, 'a1'],
    [2, 'b'],
    [1, 'a2'],
    [1, 'a3'],
  ] as const)
    queue.add(time, value);

  expect(queue.nextTime).toBe(1);
  expect(Array.from({ length: 5 }, () => queue.take()?.value)).toEqual(['a1', 'a2', 'a3', 'b', 'c']);
  expect(queue.take()).toBeUndefined();
  expect(queue.nextTime).toBe(Number.POSITIVE_INFINITY);
});

test('an event queue sorts many as a sort does', () => {
  const random = createPrng('event queue');
  const times = Array.from({ length: 2_000 }, () => random.int(300));
  const queue = createEventQueue<number>();
  for (const [index, time] of times.entries()) queue.add(time, index);
  const sorted = times
    .map((time, index) => ({ time, index }))
    .sort((one, other) => one.time - other.time || one.index - other.index);

  expect(times.map(() => queue.take()?.value)).toEqual(sorted.map(({ index }) => index));
});
