import * as z from 'zod';
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
  .meta({ id: 'ActionType', description: 'The kind of thing an action does.' });

export const Action = z
  .looseObject({
    type: ActionType,
    args: Metadata.optional(),
    postcondition: Json.optional(),
    idempotency_key: Text.optional(),
  })
  .meta({ id: 'Action', description: 'What a node is asked to do; open, the node knows its own arguments.' });
export interface Action extends z.infer<typeof Action> {}

export const TaskStatus = z.enum(['queued', 'dispatched', 'succeeded', 'failed', 'cancelled', 'outcome_unknown']).meta({
  id: 'TaskStatus',
  description: 'Where a task stands; `outcome_unknown` is said aloud when nobody can tell whether it ran.',
});
export type TaskStatus = z.infer<typeof TaskStatus>;

export const Task = z
  .object({
    task_id: z.uuid(),
    status: TaskStatus,
    action: Action,
    node_id: DeviceId.optional().meta({ description: 'The node it was given to, or must be given to.' }),
    capability: Text.optional().meta({ description: 'Any paired node that is allowed this capability may take it.' }),
    turn_id: z.uuid().optional(),
    dispatch_id: z
      .uuid()
      .optional()
      .meta({ description: 'Identity of the newest dispatch; it stays the same when the dispatch is sent again.' }),
    attempt: z.int().min(0).meta({ description: 'How often the newest dispatch was sent.' }),
    created_at: Timestamp,
    deadline_at: Timestamp.nullable(),
    lease_expires_at: Timestamp.nullable().meta({ description: 'Until then nobody else is given this task.' }),
    finished_at: Timestamp.nullable(),
    result: Json.optional(),
    evidence: Json.optional(),
    error: z.object({ code: Text, message: z.string() }).optional(),
  })
  .meta({ id: 'Task', description: 'One piece of work for a node, kept until it is known how it ended.' });
export interface Task extends z.infer<typeof Task> {}
