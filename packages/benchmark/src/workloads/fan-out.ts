import { type Bench, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import type { FanOutResult } from '../load/fan-out.ts';
import { interleave } from '../rounds.ts';
import { openConnections } from './in-steps.ts';
import { turnSeconds } from './request-turns.ts';
import type { Table, Workload } from './workload.ts';

const subjects: readonly Subject[] = [
  { name: 'raw ws, one text to each', server: 'raw', dialect: 'plain' },
  { name: 'raw ws, framed once', server: 'raw framed once', dialect: 'plain' },
  { name: 'raw ws, put into words for each', server: 'raw per peer', dialect: 'plain', spare: true },
  { name: 'Socket.IO', server: 'socket.io', dialect: 'socket.io' },
  { name: 'rpc-websockets', server: 'rpc-websockets subscribed', dialect: 'rpc-websockets', spare: true },
  { name: 'tRPC subscription', server: 'trpc subscribed', dialect: 'trpc' },
  { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' },
];

/** One event to everyone, and the next when everyone has it. */
export const fanOutWorkload: Workload = {
  name: 'fan-out',
  seconds: (plan) => turnSeconds(plan, subjects) + subjects.length * plan.fanOutConnections * 0.001,
  parts: [measureFanOut],
};

async function measureFanOut(bench: Bench): Promise<readonly Table[]> {
  const { fanOutConnections } = bench.plan;
  const rows = await withSubjects(bench, subjectsOf(bench, subjects), async (running) => {
    for (const one of running) {
      await openConnections(bench, one, fanOutConnections);
    }
    return interleave(bench, running, async ({ server, load }, ms) => {
      const cpuBefore = await server.call<number>('cpu');
      const { perSecond, events, p50, p99 } = await load.call<FanOutResult>('fanOut', ms);
      const cpu = (await server.call<number>('cpu')) - cpuBefore;
      return { perSecond, cpuUs: cpu / events, p50, p99 };
    });
  });
  return [
    {
      title: `One event to ${fanOutConnections.toLocaleString('en')} connections`,
      text: 'A request publishes an event to every connection, the next one when all have it. That of Tyrum is durable, judged for each peer, and has a cursor of its own for each.',
      columns: [
        { metric: 'perSecond', title: 'ratio', ratio: true, digits: 2 },
        { metric: 'perSecond', title: 'deliveries/s' },
        { metric: 'cpuUs', title: 'CPU µs each', digits: 2 },
        { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
        { metric: 'p50', title: 'to the last, p50 ms', digits: 1 },
        { metric: 'p99', title: 'p99 ms', digits: 1 },
      ],
      rows,
    },
  ];
}
