import { type Bench, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import { interleave } from '../rounds.ts';
import type { Table, Workload } from './workload.ts';

const subjects: readonly Subject[] = [
  { name: 'rows of SQLite, sent as they are', server: 'log reader', dialect: 'plain', facts: { resumes: true } },
  { name: 'the same, a page in one write', server: 'log reader corked', dialect: 'plain', facts: { resumes: true } },
  { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum', facts: { resumes: true, devices: 1 } },
];

/** A peer that was away comes back and is sent what it missed. */
export const resumeWorkload: Workload = {
  name: 'resume',
  seconds: ({ rounds, missedEvents }) => 4 + (rounds + 3) * missedEvents * 0.00006,
  parts: [measureResume],
};

async function measureResume(bench: Bench): Promise<readonly Table[]> {
  const { missedEvents } = bench.plan;
  const rows = await withSubjects(bench, subjectsOf(bench, subjects), async (running) => {
    for (const { server, load } of running) {
      // Comes once, to be told a place, and goes.
      await load.call('open', 1);
      await load.call('close');
      await server.call('fill', { events: missedEvents });
      for (let times = 0; times < 2; times += 1) await load.call('resume', missedEvents);
    }
    return interleave(bench, running, async ({ server, load }) => {
      const cpuBefore = await server.call<number>('cpu');
      const { ms } = await load.call<{ ms: number }>('resume', missedEvents);
      const cpu = (await server.call<number>('cpu')) - cpuBefore;
      return { perSecond: (missedEvents / ms) * 1000, cpuUs: cpu / missedEvents, ms };
    });
  });
  return [
    {
      title: `Resume after ${missedEvents.toLocaleString('en')} missed events`,
      text: 'From the first byte of the connection to the last event; Tyrum shakes hands first, judges each event again, and is acknowledged to on the way.',
      columns: [
        { metric: 'perSecond', title: 'ratio', ratio: true, digits: 2 },
        { metric: 'perSecond', title: 'events/s' },
        { metric: 'cpuUs', title: 'CPU µs each', digits: 2 },
        { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
        { metric: 'ms', title: 'ms in all', digits: 0 },
      ],
      rows,
    },
  ];
}
