import { expect, test } from 'vitest';
import { loadMutant } from './mutations/load-mutant.ts';
import { regressions } from './regressions.ts';
import { runWorld } from './world.ts';

test.each(regressions.map((regression) => [regression.plan.seed, regression] as const))(
  'it is well when %s, and would not be with the bug that was there once',
  async (_seed, { plan, bug, violates }) => {
    const mutant = await loadMutant(bug);

    expect((await runWorld(plan)).violation).toBeUndefined();
    expect((await mutant.runWorld(plan, { mutation: bug })).violation).toMatchObject({ invariant: violates });
  },
  60_000,
);
