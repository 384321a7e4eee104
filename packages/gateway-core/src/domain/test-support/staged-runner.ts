import type { Turn } from '@tyrum/contracts';
import type { TurnContext, TurnRunner } from '../../ports/turn-runner.ts';

/** One run of a turn, in the hands of a test. */
export interface StagedRun {
  readonly turn: Turn;
  readonly context: TurnContext;
  succeed(): void;
  fail(error: unknown): void;
}

/** A runner that does nothing by itself: a test says what each run does and how it ends. */
export interface StagedRunner extends TurnRunner {
  readonly runs: readonly StagedRun[];
  /** The newest run. @throws {Error} when nothing was run */
  readonly last: StagedRun;
}

export function createStagedRunner(): StagedRunner {
  const runs: StagedRun[] = [];
  return {
    runs,
    get last() {
      const run = runs.at(-1);
      if (run === undefined) throw new Error('nothing was run');
      return run;
    },
    run: (turn, context) =>
      new Promise((resolve, reject) => void runs.push({ turn, context, succeed: resolve, fail: reject })),
  };
}
