import { expect, test } from 'vitest';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { WorldReport } from '../world.ts';
import { shrink } from './shrink.ts';

/** A world that fails when some of what is planned happens together. */
function failsWith(plan: Plan, culprits: readonly number[]): (candidate: Plan) => Promise<WorldReport> {
  const wanted = culprits.map((place) => plan.items[place]);
  return async (candidate) => ({
    seed: candidate.seed,
    violation: wanted.every((item) => candidate.items.includes(item as never))
      ? { invariant: 'one effect', message: 'twice' }
      : undefined,
    steps: candidate.items.length,
    elapsed: 0,
    convergedAfter: 0,
    digest: '',
    lines: [],
  });
}

test.each(['1', '2', '3'])('a failing plan of seed %s shrinks to what makes it fail', async (seed) => {
  const plan = makePlan(seed);
  const culprits = plan.items.flatMap((item, place) => (item.do === 'add' ? [place] : [])).slice(0, 2);
  const run = failsWith(plan, culprits);

  const { part, report } = await shrink(plan, await run(plan), run);

  expect(part.items).toEqual(culprits);
  expect(report.violation?.message).toBe('twice');
});

test('shrinking ends after the worlds that it may run', async () => {
  const plan = makePlan('1');
  const run = failsWith(plan, [0, 5, 9]);

  const { worlds } = await shrink(plan, await run(plan), run, 5);

  expect(worlds).toBeLessThanOrEqual(5 + plan.actors.length);
});
