import { expect, test } from 'vitest';
import { createLoop } from './loop.ts';

test('virtual time runs callbacks in their order, and every promise between them to its end', async () => {
  const seen: string[] = [];
  const loop = createLoop(() => seen.push('-'));
  loop.after(10, () => {
    seen.push(`b ${loop.elapsed}`);
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => seen.push('promise of b'));
  });
  loop.after(5, () => seen.push(`a ${loop.elapsed}`));
  loop.at(10, () => seen.push(`c ${loop.elapsed}`));
  await loop.run(20);

  expect(seen).toEqual(['a 5', '-', 'b 10', 'promise of b', '-', 'c 10', '-']);
  expect(loop.elapsed).toBe(20);
  expect(loop.steps).toBe(3);
});

test('what is due later waits for the next run, in its place', async () => {
  const seen: string[] = [];
  const loop = createLoop(() => {});
  loop.at(7, () => seen.push('first'));
  loop.at(7, () => seen.push('second'));
  const undo = loop.at(7, () => seen.push('third'));
  await loop.run(5);
  undo();
  await loop.run(7);

  expect(seen).toEqual(['first', 'second']);
});

test('what a callback throws ends the run', async () => {
  const loop = createLoop(() => {});
  loop.after(1, () => {
    throw new Error('enough');
  });

  await expect(loop.run(2)).rejects.toThrow('enough');
});
