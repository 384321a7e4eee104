import { buildWorld } from './build-world.ts';
import { judgeEnd, whatIsMissing } from './invariants/final-rule.ts';
import { createLoop } from './kernel/loop.ts';
import { createTrace } from './kernel/trace.ts';
import type { Bug } from './mutations/mutation.ts';
import type { Plan } from './plan/plan.ts';
import { createVerdict, type Violation } from './truth/verdict.ts';

/** How a world ended. */
export interface WorldReport {
  readonly seed: string;
  readonly violation: Violation | undefined;
  /** Callbacks of virtual time that ran until the end, or until the violation. */
  readonly steps: number;
  /** Virtual milliseconds. */
  readonly elapsed: number;
  /** How long after the last fault everything was well again, in virtual milliseconds. */
  readonly convergedAfter: number | undefined;
  /** SHA-256 of everything that happened. */
  readonly digest: string;
  /** The newest lines of what happened. */
  readonly lines: readonly string[];
}

export interface WorldOptions {
  /** A deliberate bug. */
  readonly mutation?: Bug;
  /** Lines of the trace that the report holds. @default 0 */
  readonly keepLines?: number;
}

/** After the last fault, everything has to be well within this much virtual time. */
const CONVERGENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** Runs one world to its end, or to the first thing in it that must not be. */
export async function runWorld(plan: Plan, { mutation, keepLines = 0 }: WorldOptions = {}): Promise<WorldReport> {
  const verdict = createVerdict();
  const loop = createLoop(() => {
    if (verdict.violation !== undefined) throw new Ended();
  });
  const trace = createTrace(keepLines, () => loop.elapsed);
  const world = buildWorld({ plan, loop, verdict, say: trace.say, mutation });

  let convergedAfter: number | undefined;
  const complain = (error: unknown) => {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    verdict.fail('no loose ends', `an unhandled rejection: ${cause}`);
  };
  process.on('unhandledRejection', complain);
  try {
    world.start();
    for (const item of plan.items) loop.after(item.at, () => world.happen(item));
    await loop.run(plan.until);
    trace.say('from now on nothing goes wrong');
    world.mend();
    while (convergedAfter === undefined && loop.elapsed < plan.until + CONVERGENCE_MS) {
      await loop.run(loop.elapsed + LOOK_EVERY_MS);
      if (whatIsMissing(world.state) === undefined) convergedAfter = loop.elapsed - plan.until;
    }
    if (convergedAfter === undefined) {
      const missing = whatIsMissing(world.state);
      verdict.fail('convergence', `${CONVERGENCE_MS / 1000} s after the last fault: ${missing}`);
    } else {
      await judgeEnd(world.state, loop);
    }
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  } finally {
    // What the last step left behind is heard of too.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', complain);
  }
  const { violation } = verdict;
  if (violation !== undefined) trace.say(`violation: ${violation.invariant}: ${violation.message}`);
  return {
    seed: plan.seed,
    violation,
    steps: loop.steps,
    elapsed: loop.elapsed,
    convergedAfter,
    digest: trace.digest(),
    lines: trace.newest,
  };
}

/** Ends the loop of a world in which something was found. */
class Ended extends Error {}
