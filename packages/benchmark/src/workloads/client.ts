import { type Bench, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import { interleave } from '../rounds.ts';
import { bundleSizes } from './bundle-sizes.ts';
import type { Table, Workload } from './workload.ts';

const publishers: readonly Subject[] = [
  { name: 'raw ws + JSON.parse', server: 'raw', dialect: 'plain', speaker: 'client' },
  { name: '**Tyrum** client', server: 'tyrum', dialect: 'tyrum', speaker: 'client' },
];

const logs: readonly Subject[] = [
  { name: 'raw ws + JSON.parse', server: 'log reader', dialect: 'plain', speaker: 'client' },
  { name: '**Tyrum** client', server: 'tyrum', dialect: 'tyrum', speaker: 'client' },
];

/** What the library of the client costs: to load, until its first event, and for each event. */
export const clientWorkload: Workload = {
  name: 'client',
  seconds: ({ rounds, clientEvents }) => 6 + rounds * (0.3 + clientEvents * 0.0001),
  parts: [firstEvent, eachEvent, sizes],
};

async function firstEvent(bench: Bench): Promise<readonly Table[]> {
  const rows = await withSubjects(bench, subjectsOf(bench, publishers), (running) =>
    interleave(bench, running, async ({ load }) => ({ ms: await load.call<number>('firstEvent') })),
  );
  return [
    {
      title: 'Client: time to its first event',
      text: 'From `createClient` over the whole handshake to an event that the client itself has had published, which is durable by then.',
      columns: [
        { metric: 'ms', title: 'ratio', ratio: true, digits: 2 },
        { metric: 'ms', title: 'ms', digits: 1 },
      ],
      rows,
    },
  ];
}

async function eachEvent(bench: Bench): Promise<readonly Table[]> {
  const { clientEvents } = bench.plan;
  const rows = await withSubjects(bench, subjectsOf(bench, logs), async (running) => {
    for (const { server, subject } of running) {
      if (subject.dialect === 'plain') await server.call('fill', { events: clientEvents });
    }
    return interleave(bench, running, async ({ server, load, subject }) => {
      await load.call('listen', clientEvents);
      if (subject.dialect === 'plain') await load.call('wake');
      else await server.call('fill', { events: clientEvents });
      return { cpuUs: await load.call<number>('heard') };
    });
  });
  return [
    {
      title: 'Client: cost of an event',
      text: `${clientEvents.toLocaleString('en')} events, each checked against the contract, handed to a handler and acknowledged.`,
      columns: [
        { metric: 'cpuUs', title: 'ratio', ratio: true, digits: 2 },
        { metric: 'cpuUs', title: 'CPU µs each', digits: 2 },
      ],
      rows,
    },
  ];
}

/** Of this checkout alone: the other one may have no script that tells them. */
async function sizes({ other, say }: Bench): Promise<readonly Table[]> {
  if (other !== undefined) return [];
  say('bundling');
  return [await bundleSizes()];
}
