import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildForMeasuring } from './build-programs.ts';
import { type Checkout, checkOut } from './checkout.ts';
import { FULL, QUICK } from './plan.ts';
import { createProgress } from './progress.ts';
import { withTables } from './recorded-tables.ts';
import { toMarkdown } from './report.ts';
import { runBenchmark, secondsOf } from './run-benchmark.ts';
import { runSoak } from './soak.ts';
import { workloads } from './workloads/all-workloads.ts';

const HELP = `usage: pnpm bench [options]

Measures the gateway as it is published, in production mode, beside what one would use instead. Progress goes to stderr, a
Markdown table to stdout, everything to a JSON file.

  --quick          few and short rounds, two minutes or more
  --only NAMES     some workloads, with commas between: ${workloads.map(({ name }) => name).join(', ')}
  --compare REF    our own servers alone, as they are here and as they are at a commit, in turns
  --record         writes the tables into docs/performance.md too
  --soak           steady load instead, and the slope of the heap
  --minutes N      how long the soak lasts (10)
  --json FILE      where the figures go (bench.json)`;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const PAGE = join(ROOT, 'docs/performance.md');

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    compare: { type: 'string' },
    record: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    json: { type: 'string', default: 'bench.json' },
    help: { type: 'boolean', default: false },
  },
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
if (values.help) console.log(HELP);
else if (values.soak) await soak(minutesOf(values.minutes));
else await bench();

async function bench(): Promise<void> {
  const chosen = chooseWorkloads(values.only);
  const plan = values.quick ? QUICK : FULL;
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  tell(`about ${Math.ceil(secondsOf(chosen, plan) / 6) / 10} minutes, after building`);
  const programs = await buildForMeasuring();
  let checkout: Checkout | undefined;
  try {
    if (values.compare !== undefined) {
      tell(`checking out and building ${values.compare}`);
      checkout = await checkOut(values.compare, ROOT);
    }
    const progress = createProgress(process.stderr);
    const report = await runBenchmark({
      plan,
      planName: values.quick ? 'quick' : 'full',
      workloads: chosen,
      programs,
      ...(checkout === undefined
        ? {}
        : { other: { name: checkout.commit, programs: await buildForMeasuring(checkout.directory) } }),
      onProgress: progress.tell,
    });
    progress.end();
    await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
    const tables = toMarkdown(report);
    console.log(tables);
    if (values.record) await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8'), tables));
    tell(`figures are in ${values.json}`);
    if (report.complaints.length > 0) process.exitCode = 1;
  } finally {
    await checkout?.remove();
  }
}

async function soak(minutes: number): Promise<void> {
  const programs = await buildForMeasuring();
  const { text, flat } = await runSoak(programs, minutes, (line) => process.stderr.write(`${line}\n`));
  console.log(text);
  if (!flat) process.exitCode = 1;
}

function chooseWorkloads(only: string | undefined): typeof workloads {
  if (only === undefined) return workloads;
  const names = only.split(',');
  const unknown = names.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length > 0) {
    console.error(`there is no workload ${unknown.join(', ')}\n\n${HELP}`);
    process.exit(2);
  }
  return workloads.filter(({ name }) => names.includes(name));
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (minutes > 0) return minutes;
  console.error(`--minutes must be a number above 0, not ${text}`);
  process.exit(2);
}
