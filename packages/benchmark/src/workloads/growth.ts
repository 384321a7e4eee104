import { rm } from 'node:fs/promises';
import { type Bench, makeDirectory, type Running, type Subject, startSubject, withSubjects } from '../bench.ts';
import { interleave, type Measured, oneRound, type Sample } from '../rounds.ts';
import { requestTurn, turnSeconds } from './request-turns.ts';
import type { Column, Table, Workload } from './workload.ts';

const tyrum: Subject = { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' };

const MIB = 1_048_576;

const COST_COLUMNS: readonly Column[] = [
  { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
  { metric: 'cpuUs', title: 'CPU µs each', digits: 1 },
  { metric: 'perSecond', title: 'answers/s' },
];

/** Whether a message costs the same when there is much more of everything. */
export const growthWorkload: Workload = {
  name: 'growth',
  seconds: (plan) => turnSeconds(plan, 4) + plan.growth.connections * 0.0015 + plan.growth.manyEvents * 0.00006,
  async run(bench) {
    return [...(await growConnections(bench)), ...(await growLog(bench))];
  },
};

async function growConnections(bench: Bench): Promise<readonly Table[]> {
  const { connections, growth } = bench.plan;
  const subjects = [connections, growth.connections].map((count) => ({
    ...tyrum,
    name: named(count, 'connections'),
    count,
  }));
  const rows = await withSubjects(bench, subjects, async (running) => {
    for (const { load, subject } of running) {
      bench.say(`opening ${subject.name}`);
      await load.call('open', subject.count);
    }
    return interleaveRequests(bench, running, 'read');
  });
  return [
    {
      title: 'Growth: connections',
      text: `Reads on ${connections} of them; all the others are open and idle.`,
      columns: COST_COLUMNS,
      rows,
    },
  ];
}

async function growLog(bench: Bench): Promise<readonly Table[]> {
  const { fewEvents, manyEvents } = bench.plan.growth;
  const sizes = [fewEvents, manyEvents];
  const subjects = await Promise.all(
    sizes.map(async (count) => ({ ...tyrum, name: named(count, 'events'), count, directory: await makeDirectory() })),
  );
  try {
    for (const subject of subjects) {
      bench.say(`writing ${subject.name} and ledger entries`);
      const { server, stop } = await startSubject(bench, subject);
      await server.call('fill', { events: subject.count, ledger: subject.count }).finally(stop);
    }
    const starts: [string, Sample][] = [];
    for (const subject of subjects) starts.push([subject.name, await measureStart(bench, subject)]);
    const rows = await withSubjects(bench, subjects, async (running) => {
      for (const { load } of running) await load.call('open', bench.plan.connections);
      return interleaveRequests(bench, running, 'write');
    });
    return [startTable(oneRound(starts)), writeTable(rows)];
  } finally {
    for (const { directory } of subjects) await rm(directory, { recursive: true, force: true });
  }
}

/** How long a gateway takes to be ready, and what it then holds. */
async function measureStart(bench: Bench, subject: Subject): Promise<Sample> {
  bench.say(`starting on ${subject.name}`);
  const { server, startedMs, stop } = await startSubject(bench, subject);
  const { rss, used } = await server.call<{ rss: number; used: number }>('memory').finally(stop);
  return { startedMs, rss: rss / MIB, used: used / MIB };
}

function startTable(rows: readonly Measured[]): Table {
  return {
    title: 'Start on a database that is full',
    text: 'As many events as are named and as many entries in the ledger; the time from opening the file to listening, in a process that has loaded its code.',
    columns: [
      { metric: 'startedMs', title: 'ready after ms', digits: 0 },
      { metric: 'used', title: 'MiB of heap and buffers', digits: 1 },
      { metric: 'rss', title: 'MiB resident', digits: 0 },
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

function named(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}`;
}

function interleaveRequests(
  bench: Bench,
  running: readonly Running[],
  kind: 'read' | 'write',
): Promise<readonly Measured[]> {
  const { connections, inFlight, rampMs } = bench.plan;
  return interleave(bench, running, (one, ms) => requestTurn(one, { kind, connections, inFlight, rampMs, ms }));
}
