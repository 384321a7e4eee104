import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Json, Text, Timestamp } from './common.ts';
import { Review } from './review.ts';

export const ApprovalKind = z
  .enum(['workflow_step', 'intent', 'retry', 'policy', 'budget', 'takeover', 'connector.send', 'work.intervention'])
  .apply(meta, { id: 'ApprovalKind', description: 'What is asked to be approved.' });

export const ApprovalStatus = z
  .enum(['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'expired', 'cancelled'])
  .apply(meta, { id: 'ApprovalStatus', description: 'Where an approval stands.' });
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

export const Approval = z
  .object({
    approval_id: z.uuid(),
    approval_key: Text.apply(meta, {
      description: 'Names the question: opening the same key again finds this approval.',
    }),
    agent_id: z.optional(z.uuid()),
    kind: ApprovalKind,
    status: ApprovalStatus,
    prompt: Text.apply(meta, { description: 'The question, for the person who decides.' }),
    motivation: Text.apply(meta, { description: 'Why it is asked.' }),
    context: z.optional(Json),
    tool: z
      .optional(
        z.object({
          tool_id: Text,
          target: Text.apply(meta, {
            description: 'What the tool shall do; the pattern of an override is held against it.',
          }),
          workspace_id: z.optional(z.uuid()),
        }),
      )
      .apply(meta, { 'x-since': 3, description: 'What is to be done, so that a standing answer can be given.' }),
    scope: z.optional(
      z.object({
        conversation_key: z.optional(Text),
        turn_id: z.optional(z.uuid()),
        turn_item_id: z.optional(z.uuid()),
        workflow_run_step_id: z.optional(z.uuid()),
      }),
    ),
    created_at: Timestamp,
    expires_at: z
      .optional(z.nullable(Timestamp))
      .apply(meta, { description: '`null` or absent: it waits as long as it takes.' }),
    latest_review: z.nullable(Review),
    reviews: z.optional(z.array(Review)),
  })
  .apply(meta, { id: 'Approval', description: 'A question that somebody must answer before work goes on.' });
export interface Approval extends z.infer<typeof Approval> {}

export const PolicyOverride = z
  .object({
    policy_override_id: z.uuid(),
    status: z.enum(['active', 'revoked', 'expired']),
    created_at: Timestamp,
    created_by: z.optional(Json),
    agent_id: z.uuid(),
    workspace_id: z.optional(z.uuid()),
    tool_id: Text,
    pattern: Text.apply(meta, { description: 'Fits the target of a question whole; `*` stands for any text.' }),
    created_from_approval_id: z.optional(z.uuid()),
    expires_at: z.optional(z.nullable(Timestamp)),
    revoked_at: z.optional(z.nullable(Timestamp)),
    revoked_by: z.optional(Json),
    revoked_reason: z.optional(Text),
  })
  .apply(meta, { id: 'PolicyOverride', description: 'A standing answer: what was approved once and for all.' });
export interface PolicyOverride extends z.infer<typeof PolicyOverride> {}
