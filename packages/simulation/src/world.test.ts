import { createHash } from 'node:crypto';
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
 * Written down, so that every Node.js finds the same. Of what passes on the wire only the types are in it: the outline changes
 * when the product does other things, not when it says them in other words, because in these worlds no connection is slow enough
 * for the length of a frame to matter. Take over a new one with `vitest -u`.
 */
test('the same seed gives the same course of things on every Node.js', async () => {
  const outlines: string[] = [];
  for (const seed of ['42', '46', '51']) {
    const { lines } = await runWorld(makePlan(seed), { keepLines: Number.MAX_SAFE_INTEGER });
    outlines.push(createHash('sha256').update(lines.map(outlineOf).join('\n')).digest('hex'));
  }

  expect(outlines).toMatchInlineSnapshot(`
    [
      "1e6c85f59a15873dede4e261ebc7da25cbc6d31562bed02d451e5eb3794e79d2",
      "6a7aa39d10767e0b6fd96b47d22e1c4d5a095982953587e15a868c34a3475e85",
      "aba3440abf6ba472185b6ccb074179ca7db8b7f4f005126bc4c08e68d07e9f80",
    ]
  `);
});

/** A line of a trace without what frames say, how long they are, and the ids in it. */
function outlineOf(line: string): string {
  return line
    .replace(/\{"(?:request|event)_id".*?"type":"([^"]+)".*$/, '$1')
    .replace(/(> gateway|< client) \d+$/, '$1')
    .replace(/(log \w+: \d+ \S+) \S+$/, '$1');
}
