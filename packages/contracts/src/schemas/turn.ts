import * as z from 'zod';
import { Text, Timestamp } from './common.ts';
import { UIMessage } from './message.ts';

export const TurnStatus = z
  .enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'])
  .meta({ id: 'TurnStatus', description: 'Where a turn stands.' });
export type TurnStatus = z.infer<typeof TurnStatus>;

export const BlockedReason = z
  .enum(['approval', 'takeover', 'budget', 'manual', 'policy'])
  .meta({ id: 'BlockedReason', description: 'What a paused turn waits for.' });

export const Budgets = z
  .object({
    max_usd_micros: z.int().min(0).optional(),
    max_duration_ms: z.int().min(0).optional(),
    max_total_tokens: z.int().min(0).optional(),
  })
  .meta({ id: 'Budgets', description: 'What a turn may spend at most.' });

export const Turn = z
  .object({
    turn_id: z.uuid(),
    job_id: z.uuid(),
    conversation_key: Text,
    status: TurnStatus,
    attempt: z
      .int()
      .min(1)
      .meta({ description: '1, and one more each time a crash made the gateway take it up again.' }),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
    blocked_reason: BlockedReason.optional(),
    blocked_detail: Text.optional(),
    budgets: Budgets.optional(),
    conversation_id: Text.optional().meta({ 'x-since': 3, description: 'The conversation that it answers.' }),
  })
  .meta({ id: 'Turn', description: 'One run of the agent in a conversation.' });
export interface Turn extends z.infer<typeof Turn> {}

export const TurnItem = z
  .object({
    turn_item_id: z.uuid(),
    turn_id: z.uuid(),
    item_index: z.int().min(0),
    item_key: Text.meta({ description: 'Names the item inside its turn: saying the same key again changes nothing.' }),
    created_at: Timestamp,
    kind: z.literal('message'),
    payload: z.object({ message: UIMessage }),
  })
  .meta({ id: 'TurnItem', description: 'Something durable that a turn produced.' });
export interface TurnItem extends z.infer<typeof TurnItem> {}
