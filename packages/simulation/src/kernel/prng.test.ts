import { expect, test } from 'vitest';
import { createPrng } from './prng.ts';

test('pseudo-random numbers are these, on every platform', () => {
  const random = createPrng('a seed');

  expect(Array.from({ length: 6 }, () => random.int(1_000_000))).toEqual([
    41230, 398103, 806729, 709763, 259482, 826792,
  ]);
  expect([...random.bytes(7)]).toEqual([225, 248, 18, 26, 41, 16, 95]);
});

test('a stream is the same however much is drawn from another', () => {
  const one = createPrng('seed');
  const other = createPrng('seed');
  for (let draws = 0; draws < 100; draws += 1) other.int(10);

  expect(one.fork('network').bytes(16)).toEqual(other.fork('network').bytes(16));
  expect(one.fork('network').bytes(16)).not.toEqual(one.fork('disk').bytes(16));
});

test('numbers stay in their range and reach both of its ends', () => {
  const random = createPrng('range');
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.between(3, 7)));

  expect([...drawn].sort()).toEqual([3, 4, 5, 6, 7]);
});
