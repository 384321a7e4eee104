import type * as z from 'zod/mini';
import type { Issue } from './decode.ts';

/** Issues that are told at the most. */
export const MOST_ISSUES = 8;

/** What a schema found wrong, as the wire says it: a path from `root` and what was expected. At most eight are told. */
export function issuesOf(error: z.core.$ZodError, root: string): readonly Issue[] {
  return error.issues.slice(0, MOST_ISSUES).map((issue) => {
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    return { path: [root, ...path, ...unknownKey], message: issue.message };
  });
}

/** One line for people: `payload.content.0.type: expected string, received number`. */
export function describeIssue({ path, message }: Issue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/**
 * Says what a schema expected, where its author does not say it: in the same words whatever language zod is set to in this
 * process. Nothing of the value is in them, for it may be a secret.
 */
export function expectationOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, received ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `expected ${oneOf(issue.values)}`;
    case 'invalid_union':
      return `expected ${Array.isArray(issue.options) ? oneOf(issue.options) : 'another shape'}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return `expected ${issue.pattern !== undefined && issue.format === 'regex' ? issue.pattern : issue.format}`;
    case 'unrecognized_keys':
      return 'unknown key';
    default:
      return 'does not fit';
  }
}

/** What JSON calls the kind of a value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Values as a message names them. */
export function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.map((value) => JSON.stringify(value)).join(', ')}`;
}

/** What the length of a string or an array is counted in. */
function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
