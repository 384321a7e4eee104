import * as z from 'zod';
import { Json, Text, Timestamp } from './common.ts';
import { Review } from './review.ts';

export const ApprovalKind = z
  .enum(['workflow_step', 'intent', 'retry', 'policy', 'budget', 'takeover', 'connector.send', 'work.intervention'])
  .meta({ id: 'ApprovalKind', description: 'What is asked to be approved.' });

export const ApprovalStatus = z
  .enum(['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'expired', 'cancelled'])
  .meta({ id: 'ApprovalStatus', description: 'Where an approval stands.' });
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

export const Approval = z
  .object({
    approval_id: z.uuid(),
    approval_key: Text.meta({ description: 'Names the question: opening the same key again finds this approval.' }),
    agent_id: z.uuid().optional(),
    kind: ApprovalKind,
    status: ApprovalStatus,
    prompt: Text.meta({ description: 'The question, for the person who decides.' }),
    motivation: Text.meta({ description: 'Why it is asked.' }),
    context: Json.optional(),
    scope: z
      .object({
        conversation_key: Text.optional(),
        turn_id: z.uuid().optional(),
        turn_item_id: z.uuid().optional(),
        workflow_run_step_id: z.uuid().optional(),
      })
      .optional(),
    created_at: Timestamp,
    expires_at: Timestamp.nullable()
      .optional()
      .meta({ description: '`null` or absent: it waits as long as it takes.' }),
    latest_review: Review.nullable(),
    reviews: z.array(Review).optional(),
  })
  .meta({ id: 'Approval', description: 'A question that somebody must answer before work goes on.' });
export interface Approval extends z.infer<typeof Approval> {}

export const PolicyOverride = z
  .object({
    policy_override_id: z.uuid(),
    status: z.enum(['active', 'revoked', 'expired']),
    created_at: Timestamp,
    created_by: Json.optional(),
    agent_id: z.uuid(),
    workspace_id: z.uuid().optional(),
    tool_id: Text,
    pattern: Text,
    created_from_approval_id: z.uuid().optional(),
    expires_at: Timestamp.nullable().optional(),
    revoked_at: Timestamp.nullable().optional(),
    revoked_by: Json.optional(),
    revoked_reason: Text.optional(),
  })
  .meta({ id: 'PolicyOverride', description: 'A standing answer: what was approved once and for all.' });
export interface PolicyOverride extends z.infer<typeof PolicyOverride> {}
