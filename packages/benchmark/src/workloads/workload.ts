import type { Bench } from '../bench.ts';
import type { Plan } from '../plan.ts';
import type { Measured } from '../rounds.ts';

/** A metric as a column: its value, or its ratio to the base. */
export interface Column {
  readonly metric: string;
  readonly title: string;
  readonly ratio?: boolean;
  readonly digits?: number;
}

/** One table of the report. */
export interface Table {
  readonly title: string;
  /** What was done, and what it is compared with. */
  readonly text: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Measured[];
}

export interface Workload {
  readonly name: string;
  /** About how long it takes. */
  seconds(plan: Plan): number;
  /** What is measured, one after the other: where one fails, the others still come. */
  readonly parts: readonly ((bench: Bench) => Promise<readonly Table[]>)[];
}

/** A number with the word for what is counted. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
