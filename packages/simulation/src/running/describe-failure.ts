import { describePlanned } from '../plan/plan.ts';
import { INVARIANTS } from '../truth/verdict.ts';
import type { WorldReport } from '../world.ts';
import type { Shrunk } from './shrink.ts';

/** Lines of the trace that are printed of a failing world. */
export const TRACE_LINES = 60;
const LONGEST_LINE = 300;

/** Everything that a person needs to look into a failing seed. */
export function describeFailure(report: WorldReport, shrunk: Shrunk, mutation: string | undefined): string {
  const { violation, seed } = report;
  const { plan, part, worlds } = shrunk;
  const bug = mutation === undefined ? '' : ` --mutation '${mutation}'`;
  const items = part.items.length === 0 ? 'none' : part.items.join();
  const replay = `pnpm simulate --seed ${seed} --keep ${items} --actors ${part.actors.join()}${bug} --trace`;
  return [
    `seed ${seed} fails at step ${report.steps}, after ${(report.elapsed / 1000).toFixed(3)} s of its time`,
    `  ${violation?.invariant}: ${violation?.message}`,
    `  the invariant: ${violation === undefined ? '' : INVARIANTS[violation.invariant]}`,
    '',
    `the shortest plan that ${worlds} worlds led to; then it is: ${shrunk.report.violation?.message}`,
    `  gateway ${JSON.stringify(plan.gateway)}`,
    ...plan.actors.map((actor) => `  ${actor.name} ${JSON.stringify({ ...actor, name: undefined })}`),
    ...plan.items.map((item) => `  ${describePlanned(item)}`),
    '',
    `the end of its trace (${shrunk.report.steps} steps, ${shrunk.report.digest.slice(0, 16)})`,
    ...shrunk.report.lines.slice(-TRACE_LINES).map((line) => `  ${cut(line)}`),
    '',
    `to replay it: ${replay}`,
  ].join('\n');
}

function cut(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`;
}
