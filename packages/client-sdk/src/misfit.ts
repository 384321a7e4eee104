import { describeIssue, type Issue, issuesOf } from '@tyrum/contracts';

/** Why a value does not fit its schema. */
export interface Misfit {
  readonly issues: readonly Issue[];
  /** The first of them, in one line for people. */
  readonly message: string;
}

/** What a schema found wrong, with paths from `root` on. */
export function misfitOf(error: Parameters<typeof issuesOf>[0], root: string): Misfit {
  const issues = issuesOf(error, root);
  const [first] = issues;
  return { issues, message: first === undefined ? `${root}: does not fit` : describeIssue(first) };
}
