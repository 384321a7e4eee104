import { type Bench, messageOf, type Running, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import { type Measured, oneRound, type Sample } from '../rounds.ts';
import { fillLog, openConnections } from './in-steps.ts';
import type { Column, Table, Workload } from './workload.ts';

const subjects: readonly Subject[] = [
  { name: 'raw ws', server: 'raw', dialect: 'plain' },
  { name: 'tRPC', server: 'trpc', dialect: 'trpc' },
  { name: 'rpc-websockets', server: 'rpc-websockets', dialect: 'rpc-websockets', spare: true },
  { name: 'graphql-ws', server: 'graphql-ws', dialect: 'graphql-ws', spare: true },
  { name: 'Socket.IO', server: 'socket.io', dialect: 'socket.io' },
  { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' },
];

const windows: readonly Subject[] = [
  { name: '**Tyrum**, idle', server: 'tyrum', dialect: 'tyrum' },
  { name: '**Tyrum**, 1,024 events unacknowledged', server: 'tyrum', dialect: 'tyrum', facts: { acks: false } },
];

/** More than a window holds: what is past it stays in the log. */
const OVER_WINDOW = 1100;

const COLUMNS: readonly Column[] = [
  { metric: 'used', title: 'ratio', ratio: true, digits: 2 },
  { metric: 'used', title: 'KiB each, heap and buffers', digits: 1 },
  { metric: 'rss', title: 'resident ratio', ratio: true, digits: 2 },
  { metric: 'rss', title: 'KiB each, resident', digits: 1 },
];

/** Memory of a server per connection, in processes that do nothing else. */
export const memoryWorkload: Workload = {
  name: 'memory',
  seconds: ({ idleConnections }) => 4 + subjects.length * idleConnections * 0.001,
  parts: [measureIdle, measureWindows],
};

async function measureIdle(bench: Bench): Promise<readonly Table[]> {
  const { idleConnections } = bench.plan;
  return [
    {
      title: `Memory of ${idleConnections.toLocaleString('en')} idle connections`,
      text: 'After all garbage is collected. Tyrum keeps a heartbeat, flow control and the rights of each.',
      columns: COLUMNS,
      rows: await measureAll(bench, subjects, idleConnections),
    },
  ];
}

async function measureWindows(bench: Bench): Promise<readonly Table[]> {
  const few = Math.ceil(bench.plan.idleConnections / 10);
  return [
    {
      title: 'Memory of a connection that acknowledges nothing',
      text: `${few.toLocaleString('en')} connections are sent a full window of events, and the log goes on without them.`,
      columns: COLUMNS,
      rows: await measureAll(bench, windows, few),
    },
  ];
}

/** All at the same time: what a process holds does not depend on how busy the others are. */
function measureAll(bench: Bench, all: readonly Subject[], count: number): Promise<readonly Measured[]> {
  return withSubjects(bench, subjectsOf(bench, all), async (running) => {
    const samples = await Promise.all(
      running.map(async (one): Promise<readonly [Subject, Sample][]> => {
        try {
          return [[one.subject, await measure(bench, one, count)]];
        } catch (cause) {
          bench.complain(`${one.subject.name}: ${messageOf(cause)}`);
          return [];
        }
      }),
    );
    return oneRound(samples.flat());
  });
}

interface Memory {
  readonly rss: number;
  readonly used: number;
}

async function measure(bench: Bench, running: Running, count: number): Promise<Sample> {
  const { server, load, subject } = running;
  const few = Math.ceil(count / 20);
  // What the first connections bring with them (compiled code, tables that grow) is nobody's share.
  await load.call('open', few);
  const before = await server.call<Memory>('memory');
  await openConnections(bench, running, few + count);
  if (subject.facts?.acks === false) {
    await fillLog(bench, running, OVER_WINDOW);
    await load.call('settle');
  }
  const after = await server.call<Memory>('memory');
  const share = (bytes: number) => bytes / count / 1024;
  return { used: share(after.used - before.used), rss: share(after.rss - before.rss) };
}
