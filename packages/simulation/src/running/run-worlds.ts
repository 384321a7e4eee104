import { createHash } from 'node:crypto';
import type { Bug } from '../mutations/mutation.ts';
import { makePlan } from '../plan/make-plan.ts';
import { runWorld, type WorldReport } from '../world.ts';

/** What many worlds came to. */
export interface Summary {
  readonly worlds: number;
  readonly steps: number;
  /** Virtual milliseconds of all worlds together. */
  readonly elapsed: number;
  readonly failed: readonly WorldReport[];
  /** SHA-256 over the digests of all worlds, in their order. */
  readonly digest: string;
}

/** Runs the worlds of some seeds, one after the other. */
export async function runWorlds(
  seeds: Iterable<string>,
  options: {
    readonly mutation?: Bug | undefined;
    /** Is told after each world; answers whether to go on. @default to the end */
    readonly onWorld?: (report: WorldReport) => boolean;
    /** @default the worlds of this process */
    readonly run?: typeof runWorld;
  } = {},
): Promise<Summary> {
  const { mutation, onWorld = () => true, run = runWorld } = options;
  const hash = createHash('sha256');
  const failed: WorldReport[] = [];
  let worlds = 0;
  let steps = 0;
  let elapsed = 0;
  for (const seed of seeds) {
    const report = await run(makePlan(seed), mutation === undefined ? {} : { mutation });
    hash.update(report.digest);
    worlds += 1;
    steps += report.steps;
    elapsed += report.elapsed;
    if (report.violation !== undefined) failed.push(report);
    if (!onWorld(report)) break;
    // Virtual time gives the process no turn of its own: now others may have theirs.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { worlds, steps, elapsed, failed, digest: hash.digest('hex') };
}

/** Seeds that are numbers in a row. */
export function seedsFrom(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}
