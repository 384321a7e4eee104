import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from './bench.ts';
import { buildForMeasuring } from './build-programs.ts';
import { checkOut } from './checkout.ts';
import { FULL, QUICK } from './plan.ts';
import { createProgress } from './progress.ts';
import { withTables } from './recorded-tables.ts';
import { toMarkdown } from './report.ts';
import { type BenchmarkOptions, runBenchmark, secondsOf } from './run-benchmark.ts';
import { runSoak } from './soak.ts';
import { workloads } from './workloads/all-workloads.ts';

const HELP = `usage: pnpm bench [options]

Measures the gateway as it is published, in production mode, beside what one would use instead. Progress goes to stderr, a
Markdown table to stdout, everything to a JSON file.

  --quick          few and short rounds with fewer servers to compare with, less than a minute
  --only NAMES     some workloads, with commas between: ${workloads.map(({ name }) => name).join(', ')}
  --compare REF    our own servers alone, as they are here and as they are at a commit, in turns
  --record         writes the tables of a whole run into docs/performance.md too
  --soak           steady load instead, and the slope of the heap
  --minutes N      how long the soak lasts (10)
  --json FILE      where the figures go (bench.json)`;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const PAGE = join(ROOT, 'docs/performance.md');

const values = optionsOf(process.argv.slice(2));

// To exit is enough: what was started is ended then, and what was written for a time is removed. A second signal changes nothing.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
try {
  if (values.help) console.log(HELP);
  else if (values.soak) await soak(minutesOf(values.minutes));
  else await bench();
} catch (cause) {
  console.error(messageOf(cause));
  process.exit(1);
}

async function bench(): Promise<void> {
  const chosen = chooseWorkloads(values.only);
  if (values.record && (values.quick || values.only !== undefined || values.compare !== undefined)) {
    refuse('--record is for a whole run: not with --quick, --only or --compare');
  }
  const plan = values.quick ? QUICK : FULL;
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  tell(`about ${durationOf(secondsOf(chosen, plan))}, after building`);
  const programs = await buildForMeasuring();
  const other = values.compare === undefined ? {} : { other: await buildOther(values.compare, tell) };
  const progress = createProgress(process.stderr);
  const report = await runBenchmark({
    plan,
    planName: values.quick ? 'quick' : 'full',
    workloads: chosen,
    programs,
    ...other,
    onProgress: progress.tell,
  });
  progress.end();
  const tables = toMarkdown(report);
  console.log(tables);
  await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (values.record) await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8'), tables));
  tell(`figures are in ${values.json}`);
  if (report.complaints.length > 0) process.exitCode = 1;
}

async function buildOther(ref: string, tell: (line: string) => void): Promise<NonNullable<BenchmarkOptions['other']>> {
  tell(`checking out and building ${ref}`);
  const { directory, commit } = await checkOut(ref, ROOT);
  return { name: commit, programs: await buildForMeasuring(directory) };
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
  if (unknown.length > 0) refuse(`there is no workload ${unknown.join(', ')}\n\n${HELP}`);
  return workloads.filter(({ name }) => names.includes(name));
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  return minutes > 0 ? minutes : refuse(`--minutes must be a number above 0, not ${text}`);
}

function optionsOf(parameters: string[]) {
  try {
    return parseArgs({
      args: parameters,
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
    }).values;
  } catch (cause) {
    return refuse(`${messageOf(cause)}\n\n${HELP}`);
  }
}

function durationOf(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}
