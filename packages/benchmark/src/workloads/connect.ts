import { type Bench, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import { interleave } from '../rounds.ts';
import { turnSeconds } from './request-turns.ts';
import type { Table, Workload } from './workload.ts';

/** Devices that come back in turn: by the first round that counts, all have been there. */
const known = { devices: 64 };
/** Handshakes under way at a time. */
const PARALLEL = 8;

const subjects: readonly Subject[] = [
  { name: 'raw ws', server: 'raw', dialect: 'plain' },
  { name: 'raw ws + one Ed25519 check, new devices', server: 'raw verifying', dialect: 'verifying' },
  { name: 'raw ws + one Ed25519 check', server: 'raw verifying', dialect: 'verifying', facts: known },
  { name: 'Socket.IO', server: 'socket.io', dialect: 'socket.io', spare: true },
  { name: 'tRPC', server: 'trpc', dialect: 'trpc' },
  { name: '**Tyrum**, revision 3, new devices', server: 'tyrum', dialect: 'tyrum' },
  { name: '**Tyrum**, revision 3', server: 'tyrum', dialect: 'tyrum', facts: known },
  { name: '**Tyrum**, revision 2, new devices', server: 'tyrum', dialect: 'tyrum at 2', spare: true },
  { name: '**Tyrum**, revision 2', server: 'tyrum', dialect: 'tyrum at 2', facts: known },
];

/** Connects, proves what there is to prove, and goes. */
export const connectWorkload: Workload = {
  name: 'connect',
  seconds: (plan) => turnSeconds(plan, subjects),
  parts: [measureHandshakes],
};

async function measureHandshakes(bench: Bench): Promise<readonly Table[]> {
  const rows = await withSubjects(bench, subjectsOf(bench, subjects), (running) =>
    interleave(bench, running, async ({ server, load }, ms) => {
      const cpuBefore = await server.call<number>('cpu');
      const result = await load.call<{ perSecond: number; count: number; p50: number; p99: number }>('handshakes', {
        ms,
        parallel: PARALLEL,
      });
      const cpu = (await server.call<number>('cpu')) - cpuBefore;
      const { perSecond, count, p50, p99 } = result;
      return { perSecond, cpuUs: cpu / count, p50, p99 };
    }),
  );
  return [
    {
      title: 'Connect, prove, close',
      text: 'At revision 3 both sides sign the whole handshake and check each other; at revision 2 the peer signs. Of new devices each comes once, and its key is made by the load; otherwise 64 devices come back again and again, and whoever knows them has their keys. The load signs and checks on its own core, so that the CPU of the server says more than the rate.',
      columns: [
        { metric: 'perSecond', title: 'ratio', ratio: true, digits: 2 },
        { metric: 'perSecond', title: 'handshakes/s' },
        { metric: 'cpuUs', title: 'CPU µs each', digits: 0 },
        { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
        { metric: 'p50', title: 'p50 ms', digits: 2 },
        { metric: 'p99', title: 'p99 ms', digits: 2 },
      ],
      rows,
    },
  ];
}
