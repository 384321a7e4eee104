import { expect } from 'vitest';
import { makePlan } from '../plan/make-plan.ts';
import { runWorld } from '../world.ts';
import { describeFailure, TRACE_LINES } from './describe-failure.ts';
import { runWorlds } from './run-worlds.ts';
import { shrink } from './shrink.ts';

/** Fails with everything that a person needs to look into the first world that is not well. */
export async function expectWell(seeds: readonly string[]): Promise<void> {
  const { failed, worlds } = await runWorlds(seeds, { onWorld: ({ violation }) => violation === undefined });
  const [failure] = failed;
  if (failure !== undefined) {
    const shrunk = await shrink(makePlan(failure.seed), failure, (plan) => runWorld(plan, { keepLines: TRACE_LINES }));
    expect.fail(describeFailure(failure, shrunk, undefined));
  }
  expect(worlds).toBe(seeds.length);
}
