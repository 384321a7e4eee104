import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Approval, PolicyOverride } from '../schemas/approval.ts';
import { exampleApproval, examplePolicyOverride } from '../values/example.ts';

export const approvalUpdated = defineEvent({
  type: 'approval.updated',
  summary: 'An approval was opened or answered.',
  audience: { roles: ['client'], scopes: ['operator.read', 'operator.approvals'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ approval: Approval }),
  example: { payload: { approval: exampleApproval } },
});

const override = {
  audience: { roles: ['client'], scopes: ['operator.approvals', 'operator.admin'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ override: PolicyOverride }),
  example: { payload: { override: examplePolicyOverride } },
} as const;

export const policyOverrideCreated = defineEvent({
  type: 'policy_override.created',
  summary: 'A standing answer was given.',
  ...override,
});

export const policyOverrideRevoked = defineEvent({
  type: 'policy_override.revoked',
  summary: 'A standing answer was taken back.',
  ...override,
});

export const policyOverrideExpired = defineEvent({
  type: 'policy_override.expired',
  summary: 'A standing answer ran out.',
  ...override,
});
