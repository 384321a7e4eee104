import { makePlan } from '../plan/make-plan.ts';
import type { Violation } from '../truth/verdict.ts';
import { loadMutant } from './load-mutant.ts';
import type { Bug } from './mutation.ts';

/** The world that found a deliberate bug. */
export interface Found {
  readonly seed: string;
  readonly step: number;
  readonly violation: Violation;
  /** Worlds that were run, this one included. */
  readonly worlds: number;
}

/** Runs worlds with a deliberate bug in them until one finds it. */
export async function findMutant(mutation: Bug, seeds: readonly string[]): Promise<Found | undefined> {
  const { runWorld } = await loadMutant(mutation);
  for (const [index, seed] of seeds.entries()) {
    const { violation, steps } = await runWorld(makePlan(seed), { mutation });
    if (violation !== undefined) return { seed, step: steps, violation, worlds: index + 1 };
  }
  return undefined;
}
