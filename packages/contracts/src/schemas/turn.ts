import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Text, Timestamp } from './common.ts';
import { UIMessage } from './message.ts';

export const TurnStatus = z
  .enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'])
  .apply(meta, { id: 'TurnStatus', description: 'Where a turn stands.' });
export type TurnStatus = z.infer<typeof TurnStatus>;

export const BlockedReason = z
  .enum(['approval', 'takeover', 'budget', 'manual', 'policy'])
  .apply(meta, { id: 'BlockedReason', description: 'What a paused turn waits for.' });

export const Budgets = z
  .object({
    max_usd_micros: z.optional(z.int().check(z.gte(0))),
    max_duration_ms: z.optional(z.int().check(z.gte(0))),
    max_total_tokens: z.optional(z.int().check(z.gte(0))),
  })
  .apply(meta, { id: 'Budgets', description: 'What a turn may spend at most.' });

export const Turn = z
  .object({
    turn_id: z.uuid(),
    job_id: z.uuid(),
    conversation_key: Text,
    status: TurnStatus,
    attempt: z
      .int()
      .check(z.gte(1))
      .apply(meta, { description: '1, and one more each time a crash made the gateway take it up again.' }),
    created_at: Timestamp,
    started_at: z.nullable(Timestamp),
    finished_at: z.nullable(Timestamp),
    blocked_reason: z.optional(BlockedReason),
    blocked_detail: z.optional(Text),
    budgets: z.optional(Budgets),
    conversation_id: z.optional(Text).apply(meta, { 'x-since': 3, description: 'The conversation that it answers.' }),
  })
  .apply(meta, { id: 'Turn', description: 'One run of the agent in a conversation.' });
export interface Turn extends z.infer<typeof Turn> {}

export const TurnItem = z
  .object({
    turn_item_id: z.uuid(),
    turn_id: z.uuid(),
    item_index: z.int().check(z.gte(0)),
    item_key: Text.apply(meta, {
      description: 'Names the item inside its turn: saying the same key again changes nothing.',
    }),
    created_at: Timestamp,
    kind: z.literal('message'),
    payload: z.object({ message: UIMessage }),
  })
  .apply(meta, { id: 'TurnItem', description: 'Something durable that a turn produced.' });
export interface TurnItem extends z.infer<typeof TurnItem> {}
