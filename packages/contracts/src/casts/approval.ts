import { defineCast } from '../define/cast.ts';

/** Approvals between revisions 2 and 3: what revision 3 refuses because it was answered otherwise, revision 2 answers with it. */
export const approvalCast = /* @__PURE__ */ defineCast({
  from: 2,
  to: 3,
  requests: { 'approval.resolve': { error: { down: standingApproval } } },
});

function standingApproval({ code, details }: { readonly code: string; readonly details: unknown }) {
  const decided = code === 'conflict' || code === 'invalid_state';
  if (!decided || typeof details !== 'object' || details === null || !('approval' in details)) return undefined;
  return { result: { approval: details.approval } };
}
