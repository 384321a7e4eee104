import type { Machine } from './machine.ts';
import type { Measured } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Column, Table } from './workloads/workload.ts';

/** Everything that one run came to. */
export interface Report {
  readonly machine: Machine;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly plan: string;
  readonly comparedWith?: string;
  readonly tables: readonly Table[];
  /** What could not be measured, and why. */
  readonly complaints: readonly string[];
}

/** The report as a person reads it. */
export function toMarkdown(report: Report): string {
  const { machine, startedAt, seconds, plan, comparedWith, tables, complaints } = report;
  const against = comparedWith === undefined ? '' : ` Compared with ${comparedWith}.`;
  return [
    `${startedAt.slice(0, 10)}, ${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, ${machine.system}; ${machine.pinned ? 'servers on one core, load on another' : 'processes not pinned to cores'}; load average ${machine.load.toFixed(1)} when it began; ${plan}, ${Math.round(seconds)} s.${against}`,
    `Each figure is the median of its rounds, with the least and the most. A ratio compares two turns of the same round; ${comparedWith === undefined ? 'the first line is its base' : 'the base of each line is the same at the other commit'}.`,
    ...tables.map(tableText),
    ...complaints.map((complaint) => `> not measured: ${complaint}`),
    '',
  ].join('\n\n');
}

function tableText({ title, text, columns, rows }: Table): string {
  const shown = columns.filter((column) => rows.some((row) => spreadIn(row, column) !== undefined));
  const lines = [
    ['', ...shown.map((column) => column.title)],
    ['---', ...shown.map(() => '---:')],
    ...rows.map((row) => [row.name, ...shown.map((column) => cell(row, column))]),
  ];
  return `### ${title}\n\n${text}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}`;
}

function cell(row: Measured, column: Column): string {
  const spread = spreadIn(row, column);
  if (spread === undefined) return '';
  const { digits = 0 } = column;
  const say = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const { median, min, max } = spread;
  return min === max ? say(median) : `${say(median)} (${say(min)}–${say(max)})`;
}

function spreadIn(row: Measured, { metric, ratio = false }: Column): Spread | undefined {
  return ratio ? row.ratios[metric] : row.values[metric];
}
