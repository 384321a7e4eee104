import * as z from 'zod/mini';
import type { Issue } from '../frames/decode.ts';
import { describeIssue, expectationOf, issuesOf } from '../frames/issues.ts';
import { compiledSchema } from './compiled-schema.ts';
import type { Schema } from './operation.ts';

/** A value as its schema has it, or why it does not fit. */
export type Reading<Value = unknown> = { readonly fits: true; readonly value: Value } | Misfit;

export interface Misfit {
  readonly fits: false;
  /** One at least, and eight at the most. */
  readonly issues: readonly Issue[];
  /** The first of them, in one line for people. */
  readonly message: string;
}

const words = { error: expectationOf };

/** Reads a value by a schema of the wire: defaults are filled in. Paths go from `root` on. Never throws. */
export function readAs<Of extends Schema>(schema: Of, value: unknown, root: string): Reading<z.output<Of>> {
  const parsed = z.safeParse(compiledSchema(schema), value);
  if (parsed.success) return { fits: true, value: parsed.data };
  // Only what does not fit is read with our words for it: taken along, they make every reading four times as dear.
  const told = z.safeParse(schema, value, words);
  const issues = issuesOf(told.error ?? parsed.error, root);
  return { fits: false, issues, message: issues.slice(0, 1).map(describeIssue).join() };
}

/** The same for a value that this program made itself. @throws {TypeError} that says what does not fit. */
export function mustFit<Of extends Schema>(schema: Of, value: unknown, root: string): z.output<Of> {
  const reading = readAs(schema, value, root);
  if (reading.fits) return reading.value;
  throw new TypeError(reading.message);
}
