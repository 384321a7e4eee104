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
      "d562e39dc79fedc6bec5f55a6a0910eaca02548bc89c96bd6f6a48fa833e5e6b",
      "062d0e92fa64894cb05483a60645b5ed0d23e3067b94999f2493a3fdf0874cc0",
      "447cf857d46989ce02921551f609e54a884b43099e8bd7195b0410f242762b4a",
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
