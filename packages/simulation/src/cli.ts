import { parseArgs } from 'node:util';
import { FIXED_SET } from './fixed-set.ts';
import { findMutant } from './mutations/find-mutant.ts';
import { loadMutant } from './mutations/load-mutant.ts';
import type { Bug } from './mutations/mutation.ts';
import { mutations } from './mutations/mutations.ts';
import { makePlan } from './plan/make-plan.ts';
import { describePlanned } from './plan/plan.ts';
import { describeFailure, TRACE_LINES } from './running/describe-failure.ts';
import { createProgress } from './running/progress.ts';
import { runWorlds, seedsFrom } from './running/run-worlds.ts';
import { only, shrink } from './running/shrink.ts';
import { runWorld } from './world.ts';

const USAGE = `pnpm simulate [options]

  --worlds N       how many worlds to run (default: 200, or 1 with --keep or --trace)
  --seed S         the seed of the first one; the others follow it (default: 1)
  --trace          print everything that happens
  --keep 1,4,9     run the plan with these of its items alone (none: with none of them)
  --actors A,B     with these devices alone
  --plan           print what is planned and run nothing
  --mutation NAME  put a deliberate bug into the product
  --mutations      find every deliberate bug, and print the table of what found it
  --help           print this
`;

const { values } = parseArgs({
  options: {
    worlds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    keep: { type: 'string' },
    actors: { type: 'string' },
    plan: { type: 'boolean', default: false },
    mutation: { type: 'string' },
    mutations: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const print = (text: string) => void process.stdout.write(`${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (values.mutations) return findAll();
  const mutation = mutationNamed(values.mutation);
  const run = mutation === undefined ? runWorld : (await loadMutant(mutation)).runWorld;
  if (values.plan) return printPlan(values.seed);
  if (values.keep !== undefined || values.actors !== undefined || values.trace)
    return replay(values.seed, mutation, run);
  return explore(Number(values.seed), Number(values.worlds ?? 200), mutation, run);
}

/** Runs worlds until one fails, and makes that one small. */
async function explore(first: number, count: number, mutation: Bug | undefined, run: typeof runWorld): Promise<number> {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
    print('--seed and --worlds are whole numbers');
    return 2;
  }
  const progress = createProgress(count);
  const { failed, worlds, steps, elapsed, digest } = await runWorlds(seedsFrom(first, count), {
    mutation,
    run,
    onWorld(report) {
      progress.ran(report);
      return report.violation === undefined;
    },
  });
  progress.end();
  const [failure] = failed;
  if (failure === undefined) {
    print(
      `${worlds} worlds are well: ${steps} steps, ${(elapsed / 3_600_000).toFixed(1)} h of their time, digest ${digest}`,
    );
    return 0;
  }
  const again = (plan: Parameters<typeof runWorld>[0]) =>
    run(plan, { keepLines: TRACE_LINES, ...(mutation === undefined ? {} : { mutation }) });
  const shrunk = await shrink(makePlan(failure.seed), failure, again);
  print(describeFailure(failure, shrunk, mutation?.name));
  return 1;
}

/** Runs one world and prints its trace. */
async function replay(seed: string, mutation: Bug | undefined, run: typeof runWorld): Promise<number> {
  const whole = makePlan(seed);
  const { keep, actors } = values;
  const plan = only(whole, {
    items:
      keep === undefined ? whole.items.map((_, index) => index) : keep === 'none' ? [] : keep.split(',').map(Number),
    actors: actors === undefined ? whole.actors.map(({ name }) => name) : actors.split(','),
  });
  const report = await run(plan, {
    keepLines: Number.MAX_SAFE_INTEGER,
    ...(mutation === undefined ? {} : { mutation }),
  });
  if (values.trace) for (const line of report.lines) print(line);
  const { violation, steps, digest, convergedAfter } = report;
  print(`${steps} steps, digest ${digest}`);
  if (violation === undefined) print(`the world is well, ${convergedAfter} ms after its last fault`);
  else print(`${violation.invariant}: ${violation.message}`);
  return violation === undefined ? 0 : 1;
}

function printPlan(seed: string): number {
  const { gateway, actors, items, until } = makePlan(seed);
  print(`gateway ${JSON.stringify(gateway)}`);
  for (const actor of actors) print(JSON.stringify(actor));
  for (const [index, item] of items.entries()) print(`${index}: ${describePlanned(item)}`);
  print(`nothing goes wrong after ${until} ms`);
  return 0;
}

/** The mutation check: each deliberate bug, and what found it. */
async function findAll(): Promise<number> {
  let missed = 0;
  print('| deliberate bug | seed | step | worlds | found by |\n|---|---|---|---|---|');
  for (const mutation of mutations) {
    const found = await findMutant(mutation, FIXED_SET);
    if (found === undefined) missed += 1;
    print(
      found === undefined
        ? `| ${mutation.name} | – | – | ${FIXED_SET.length} | **nothing** |`
        : `| ${mutation.name} | ${found.seed} | ${found.step} | ${found.worlds} | ${found.violation.invariant} |`,
    );
  }
  print(`\n${mutations.length - missed} of ${mutations.length} found`);
  return missed === 0 ? 0 : 1;
}

function mutationNamed(name: string | undefined): Bug | undefined {
  if (name === undefined) return undefined;
  const mutation = mutations.find((each) => each.name === name);
  if (mutation === undefined) {
    throw new RangeError(
      `there is no mutation ${JSON.stringify(name)}; there are:\n${mutations.map((each) => each.name).join('\n')}`,
    );
  }
  return mutation;
}
