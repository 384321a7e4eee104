import { type Bench, type Running, type Subject, saying, startSubject, subjectsOf, withSubjects } from '../bench.ts';
import { makeDirectory } from '../process/own-directory.ts';
import { interleave, type Measured, oneRound, type Sample } from '../rounds.ts';
import { COST_COLUMNS } from './growth-of-connections.ts';
import { fillLog } from './in-steps.ts';
import { requestTurn } from './request-turns.ts';
import { counted, type Table } from './workload.ts';

const MIB = 1_048_576;

interface Filled extends Subject {
  readonly count: number;
}

interface Memory {
  readonly rss: number;
  readonly used: number;
}

/** How a gateway starts on a log and a ledger that are long, what a durable effect costs there, and what it holds in memory. */
export async function growLog(bench: Bench): Promise<readonly Table[]> {
  const { fewEvents, manyEvents } = bench.plan.growth;
  const few: Subject = { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' };
  const subjects = await Promise.all(
    subjectsOf(bench, [
      { ...few, count: fewEvents },
      { ...few, count: manyEvents },
    ]).map(async (subject) => ({
      ...saying(subject, `, ${counted(subject.count, 'event')}`),
      directory: await makeDirectory(),
    })),
  );
  try {
    for (const subject of subjects) await fill(bench, subject);
    return await withSubjects(bench, subjects, async (running) => {
      const before = await Promise.all(running.map(memoryOf));
      for (const { load } of running) await load.call('open', bench.plan.connections);
      const writing = await interleaveWrites(bench, running);
      const after = await Promise.all(running.map(memoryOf));
      const samples = running.map(({ subject, startedMs }, at): [Subject, Sample] => [
        subject,
        { startedMs, ...named('before', before[at]), ...named('after', after[at]) },
      ]);
      return [startTable(oneRound(samples)), writeTable(writing), memoryTable(oneRound(samples))];
    });
  } finally {
    await Promise.all(subjects.map(({ directory }) => directory.remove()));
  }
}

async function fill(bench: Bench, subject: Filled): Promise<void> {
  const { server, stop } = await startSubject(bench, subject);
  await fillLog(bench, { server, subject }, subject.count, { withLedger: true }).finally(stop);
}

function memoryOf({ server }: Running): Promise<Memory> {
  return server.call<Memory>('memory');
}

function named(when: string, memory: Memory | undefined): Sample {
  if (memory === undefined) return {};
  return { [`used ${when}`]: memory.used / MIB, [`rss ${when}`]: memory.rss / MIB };
}

function interleaveWrites(bench: Bench, running: readonly Running[]): Promise<readonly Measured[]> {
  const { connections, inFlight, rampMs } = bench.plan;
  return interleave(bench, running, (one, ms) =>
    requestTurn(one, { kind: 'write', connections, inFlight, rampMs, ms }),
  );
}

function startTable(rows: readonly Measured[]): Table {
  return {
    title: 'Start on a database that is full',
    text: 'As many events as are named and as many entries in the ledger; the time from opening the file to listening, in a process that has loaded its code.',
    columns: [
      { metric: 'startedMs', title: 'ratio', ratio: true, digits: 2 },
      { metric: 'startedMs', title: 'ready after ms', digits: 0 },
    ],
    rows,
  };
}

function writeTable(rows: readonly Measured[]): Table {
  return {
    title: 'Growth: events and ledger entries',
    text: 'Durable effects, many at once, on those databases.',
    columns: COST_COLUMNS,
    rows,
  };
}

function memoryTable(rows: readonly Measured[]): Table {
  return {
    title: 'Memory with a long log and a full ledger',
    text: 'Of the whole process on those databases, after all garbage is collected: once it has started, and after those effects. The log and the ledger are on disk.',
    columns: [
      { metric: 'used before', title: 'ratio', ratio: true, digits: 2 },
      { metric: 'used before', title: 'MiB of heap and buffers, started', digits: 1 },
      { metric: 'rss before', title: 'MiB resident, started', digits: 0 },
      { metric: 'used after', title: 'MiB of heap and buffers, after effects', digits: 1 },
      { metric: 'rss after', title: 'MiB resident, after effects', digits: 0 },
    ],
    rows,
  };
}
