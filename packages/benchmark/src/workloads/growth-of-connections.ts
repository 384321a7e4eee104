import { type Bench, type Running, type Subject, saying, subjectsOf, withSubjects } from '../bench.ts';
import { interleave } from '../rounds.ts';
import { openConnections } from './in-steps.ts';
import { requestTurn } from './request-turns.ts';
import { type Column, counted, type Table } from './workload.ts';

/** Of many connections, so many ask in the rows that are the measure of the others. */
const FEW_ASK = 100;
/** Of one connection: enough to keep a server busy, half of what the gateway allows. */
const IN_FLIGHT = 128;
/** Time in a turn for each connection that asks, in milliseconds: each of ten thousand asks several times. */
const TURN_MS_EACH = 0.2;

/** What the cost of a message is told by. */
export const COST_COLUMNS: readonly Column[] = [
  { metric: 'cpuUs', title: 'CPU ratio', ratio: true, digits: 2 },
  { metric: 'cpuUs', title: 'CPU µs each', digits: 1 },
  { metric: 'perSecond', title: 'answers/s' },
  { metric: 'p50', title: 'p50 ms', digits: 2 },
  { metric: 'p99', title: 'p99 ms', digits: 2 },
];

/** A row: so many of the open connections ask. */
interface Asking extends Running {
  readonly asking: number;
}

/** What a message costs while many connections are open that are idle, and while all of them ask. */
export async function growConnections(bench: Bench): Promise<readonly Table[]> {
  const many = bench.plan.growth.connections;
  const open = (subject: Pick<Subject, 'name' | 'server' | 'dialect' | 'spare'>, count: number) => ({
    ...subject,
    count,
  });
  const raw = open({ name: 'raw ws', server: 'raw', dialect: 'plain', spare: true }, many);
  const alone = open({ name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' }, 1);
  const subjects = subjectsOf(bench, [alone, { ...alone, count: many }, raw]);
  return withSubjects(bench, subjects, async (running) => {
    for (const one of running) await openConnections(bench, one, one.subject.count);
    const ours = running.filter(({ subject }) => subject.server === 'tyrum');
    const crowded = running.filter(({ subject }) => subject.count > 1);
    const idle = ours.map((one) => asking(one, 1, `, ${counted(one.subject.count, 'connection')}`));
    const busy = crowded.flatMap((one) =>
      [Math.min(FEW_ASK, many), many].map((count) => asking(one, count, `, ${counted(count, 'asks', 'ask')}`)),
    );
    return [
      {
        title: 'Growth: connections that are idle',
        text: 'Reads on one connection; all the others are open, and nothing is said on them.',
        columns: COST_COLUMNS,
        rows: await interleaveReads(bench, idle, IN_FLIGHT),
      },
      {
        title: 'Growth: connections that ask',
        text: `Of ${counted(many, 'connection')} some or all ask, each again when it has its answer. A read is one frame and one system call by then, also for raw \`ws\`.`,
        columns: COST_COLUMNS,
        rows: await interleaveReads(bench, busy, 1),
      },
    ];
  });
}

function asking(running: Running, count: number, more: string): Asking {
  return { ...running, subject: saying(running.subject, more), asking: count };
}

function interleaveReads(bench: Bench, rows: readonly Asking[], inFlight: number) {
  const { rampMs } = bench.plan;
  return interleave(bench, rows, (one, ms) =>
    requestTurn(one, {
      kind: 'read',
      connections: one.asking,
      inFlight,
      rampMs,
      ms: Math.max(ms, one.asking * TURN_MS_EACH),
    }),
  );
}
