import { kindOf } from '../frames/issues.ts';

/** One thing that is wrong with a value: it is of another kind (`fatal`), or of the right kind and out of its bounds. */
export interface Finding {
  /** From the inside out. */
  readonly path: (string | number)[];
  readonly message: string;
  readonly fatal: boolean;
}

/** What was found while a value was read, in the order of reading. */
export type Findings = Finding[];

export function wrongKind(findings: Findings, expected: string, value: unknown): void {
  expects(findings, `${expected}, received ${kindOf(value)}`);
}

export function expects(findings: Findings, expected: string, fatal = true): void {
  findings.push({ path: [], message: `expected ${expected}`, fatal });
}

/** Says of everything that was found after the first `before` that it is inside `key`. */
export function within(findings: Findings, before: number, key: string | number): void {
  for (let at = before; at < findings.length; at += 1) findings[at]?.path.push(key);
}

export function isFatal({ fatal }: Finding): boolean {
  return fatal;
}
