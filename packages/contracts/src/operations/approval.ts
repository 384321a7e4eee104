import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { Approval, ApprovalKind, ApprovalStatus, PolicyOverride } from '../schemas/approval.ts';
import { PageCursor, Text } from '../schemas/common.ts';
import { EXAMPLE, exampleApproval } from '../values/example.ts';

export const approvalList = defineRequest({
  type: 'approval.list',
  summary: 'Lists approvals, the newest first.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 2,
  payload: z.object({
    status: z.optional(ApprovalStatus),
    kind: z.optional(z.array(ApprovalKind).check(z.maxLength(8))),
    conversation_key: z.optional(Text),
    turn_id: z.optional(z.uuid()),
    limit: z
      ._default(z.int().check(z.gte(1), z.lte(500)), 100)
      .apply(meta, { description: 'How many at the most; 500 is the bound.' }),
    cursor: z.optional(PageCursor),
  }),
  result: z.object({ approvals: z.array(Approval), next_cursor: z.optional(z.string()) }),
  example: { payload: { status: 'awaiting_human' }, result: { approvals: [exampleApproval] } },
});

export const approvalResolve = defineRequest({
  type: 'approval.resolve',
  summary: 'Answers an approval; another answer later is a conflict.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.approvals'],
  effect: 'once',
  since: 2,
  payload: z.object({
    approval_id: z.uuid(),
    decision: z.enum(['approved', 'denied']),
    reason: z.optional(Text.check(z.maxLength(4096))),
    mode: z
      .optional(z.enum(['once', 'always']))
      .apply(meta, { description: '`always` also makes the overrides. Default: once.' }),
    overrides: z.optional(
      z.array(z.object({ tool_id: Text, pattern: Text, workspace_id: z.optional(z.uuid()) })).check(z.maxLength(64)),
    ),
  }),
  result: z.object({ approval: Approval, created_overrides: z.optional(z.array(PolicyOverride)) }),
  errors: ['not_found', 'conflict', 'invalid_state'],
  example: {
    payload: { approval_id: EXAMPLE.uuid, decision: 'approved' },
    result: { approval: { ...exampleApproval, status: 'approved' } },
  },
});
