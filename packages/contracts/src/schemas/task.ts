import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { DeviceId, Json, Metadata, Text, Timestamp } from './common.ts';

export const ActionType = z
  .enum([
    'Research',
    'Decide',
    'Llm',
    'Web',
    'Browser',
    'IOS',
    'Android',
    'Desktop',
    'Filesystem',
    'CLI',
    'Http',
    'Mcp',
    'Node',
    'Message',
    'Pay',
    'Store',
    'Watch',
    'Confirm',
  ])
  .apply(meta, { id: 'ActionType', description: 'The kind of thing an action does.' });

export const Action = z
  .looseObject({
    type: ActionType,
    args: z.optional(Metadata),
    postcondition: z.optional(Json),
    idempotency_key: z.optional(Text),
  })
  .apply(meta, { id: 'Action', description: 'What a node is asked to do; open, the node knows its own arguments.' });
export interface Action extends z.infer<typeof Action> {}

export const TaskStatus = z
  .enum(['queued', 'dispatched', 'succeeded', 'failed', 'cancelled', 'outcome_unknown'])
  .apply(meta, {
    id: 'TaskStatus',
    description: 'Where a task stands; `outcome_unknown` is said aloud when nobody can tell whether it ran.',
  });
export type TaskStatus = z.infer<typeof TaskStatus>;

export const Task = z
  .object({
    task_id: z.uuid(),
    status: TaskStatus,
    action: Action,
    node_id: z.optional(DeviceId).apply(meta, { description: 'The node it was given to, or must be given to.' }),
    capability: z
      .optional(Text)
      .apply(meta, { description: 'Any paired node that is allowed this capability may take it.' }),
    turn_id: z.optional(z.uuid()),
    dispatch_id: z.optional(z.uuid()).apply(meta, {
      description: 'Identity of the newest dispatch; it stays the same when the dispatch is sent again.',
    }),
    attempt: z.int().check(z.gte(0)).apply(meta, { description: 'How often the newest dispatch was sent.' }),
    created_at: Timestamp,
    deadline_at: z.nullable(Timestamp),
    lease_expires_at: z.nullable(Timestamp).apply(meta, { description: 'Until then nobody else is given this task.' }),
    finished_at: z.nullable(Timestamp),
    result: z.optional(Json),
    evidence: z.optional(Json),
    error: z.optional(z.object({ code: Text, message: z.string() })),
  })
  .apply(meta, { id: 'Task', description: 'One piece of work for a node, kept until it is known how it ended.' });
export interface Task extends z.infer<typeof Task> {}
