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

/**
 * The same on every Node.js, therefore written down. Whatever changes a word on the wire changes them: after such a change, and
 * only then, take over the new ones with `vitest -u`, once they are the same on the oldest and the newest Node.js.
 */
test('the same seed gives the same trace on every Node.js', async () => {
  const digests: string[] = [];
  for (const seed of ['1', '7', '42']) digests.push((await runWorld(makePlan(seed))).digest);

  expect(digests).toMatchInlineSnapshot(`
    [
      "0db81a1241565683fa6c6253fbeb3a2243aa6179b8ed58faf0d387cc4c115809",
      "ade70761daae0f8037ea83cfa78dbbee0d5192d9ad8eb99c4bea07060962db02",
      "50ce597c2e9aece77b00d81c1040ab98433e76cc1556d44b09822ec78f779992",
    ]
  `);
});
