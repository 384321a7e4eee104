import { expect, test } from 'vitest';
import { makePlan } from './plan/make-plan.ts';
import { runWorld } from './world.ts';

test('the same seed gives the same world, step by step', async () => {
  const one = await runWorld(makePlan('11'), { keepLines: 100 });
  const other = await runWorld(makePlan('11'), { keepLines: 100 });

  expect(other).toEqual(one);
  expect(one.steps).toBeGreaterThan(100);
});

test('another seed gives another world', async () => {
  const one = await runWorld(makePlan('11'));
  const other = await runWorld(makePlan('12'));

  expect(other.digest).not.toBe(one.digest);
});
