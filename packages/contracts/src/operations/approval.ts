import * as z from 'zod';
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
    status: ApprovalStatus.optional(),
    kind: z.array(ApprovalKind).max(8).optional(),
    conversation_key: Text.optional(),
    turn_id: z.uuid().optional(),
    limit: z.int().min(1).max(500).default(100).meta({ description: 'How many at the most; 500 is the bound.' }),
    cursor: PageCursor.optional(),
  }),
  result: z.object({ approvals: z.array(Approval), next_cursor: z.string().optional() }),
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
    reason: Text.max(4096).optional(),
    mode: z
      .enum(['once', 'always'])
      .optional()
      .meta({ description: '`always` also makes the overrides. Default: once.' }),
    overrides: z
      .array(z.object({ tool_id: Text, pattern: Text, workspace_id: z.uuid().optional() }))
      .max(64)
      .optional(),
  }),
  result: z.object({ approval: Approval, created_overrides: z.array(PolicyOverride).optional() }),
  errors: ['not_found', 'conflict', 'invalid_state'],
  example: {
    payload: { approval_id: EXAMPLE.uuid, decision: 'approved' },
    result: { approval: { ...exampleApproval, status: 'approved' } },
  },
});
