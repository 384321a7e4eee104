import { type Bench, type Running, type Subject, subjectsOf, withSubjects } from '../bench.ts';
import type { PipelineResult } from '../load/pipelined-requests.ts';
import type { Plan } from '../plan.ts';
import { interleave, type Measured, type Sample } from '../rounds.ts';
import type { Column } from './workload.ts';

export interface Turns {
  readonly kind: 'read' | 'write';
  readonly connections: number;
  readonly inFlight: number;
}

/** The columns of every table about requests. */
export const REQUEST_COLUMNS: readonly Column[] = [
  { metric: 'perSecond', title: 'ratio', ratio: true, digits: 2 },
  { metric: 'perSecond', title: 'answers/s' },
  { metric: 'cpuUs', title: 'CPU µs each', digits: 1 },
  { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
  { metric: 'busy', title: 'server busy', digits: 2 },
  { metric: 'p50', title: 'p50 ms', digits: 2 },
  { metric: 'p99', title: 'p99 ms', digits: 2 },
];

/** Requests and answers on all subjects, in turns. */
export function measureRequests(
  bench: Bench,
  subjects: readonly Subject[],
  turns: Turns,
): Promise<readonly Measured[]> {
  return withSubjects(bench, subjectsOf(bench, subjects), async (running) => {
    for (const { load } of running) {
      await load.call('open', turns.connections);
      await load.call('probe');
    }
    const { rampMs } = bench.plan;
    return interleave(bench, running, (one, ms) => requestTurn(one, { ...turns, rampMs, ms }));
  });
}

/** One turn of one server. What it uses of a processor is divided by all that it answered meanwhile. */
export async function requestTurn(
  { server, load }: Running,
  turns: Turns & { readonly rampMs: number; readonly ms: number },
): Promise<Sample> {
  const cpuBefore = await server.call<number>('cpu');
  const beganAt = performance.now();
  const result = await load.call<PipelineResult>('pipeline', turns);
  const cpu = (await server.call<number>('cpu')) - cpuBefore;
  const elapsed = (performance.now() - beganAt) * 1000;
  const { perSecond, answered, p50, p99 } = result;
  return { perSecond, cpuUs: cpu / answered, busy: cpu / elapsed, p50, p99 };
}

/** Seconds for all subjects in turns, starting them included. */
export function turnSeconds(
  { rounds, turnMs, rampMs, warmUpMs, spares }: Plan,
  subjects: readonly Pick<Subject, 'spare'>[],
): number {
  const measured = subjects.filter(({ spare = false }) => spares || !spare).length;
  return (measured * (rounds * (turnMs + rampMs + 20) + warmUpMs + 250)) / 1000;
}
