import type * as z from 'zod';
import type { Issue } from './decode.ts';

const MOST = 8;

/** What a schema found wrong, as the wire says it: a path from `root` and what was expected. At most eight are told. */
export function issuesOf(error: z.ZodError, root: string): readonly Issue[] {
  return error.issues.slice(0, MOST).map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return { path: [root, ...path, ...issue.keys.slice(0, 1)], message: 'unknown key' };
    }
    return { path: [root, ...path], message: issue.message };
  });
}

/** One line for people: `payload.content.0.type: expected string`. */
export function describeIssue({ path, message }: Issue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
