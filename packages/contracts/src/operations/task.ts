import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { DeviceId, Json, limit, PageCursor, Text, Timestamp } from '../schemas/common.ts';
import { Action, Task, TaskStatus } from '../schemas/task.ts';
import { EXAMPLE, exampleTask } from '../values/example.ts';

const write = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 3,
} as const;
const read = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
} as const;
const fromNode = { direction: 'to_gateway', roles: ['node'], scopes: ['node.paired'], effect: 'once' } as const;

export const taskExecute = defineRequest({
  type: 'task.execute',
  summary: 'Asks a node to do something once.',
  direction: 'to_peer',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'remote',
  since: 2,
  payload: z.object({
    turn_id: z.optional(z.uuid()),
    dispatch_id: z
      .uuid()
      .apply(meta, { description: 'Also the request id; it stays the same when the dispatch is sent again.' }),
    action: Action,
    lease_expires_at: z.optional(Timestamp).apply(meta, {
      'x-since': 3,
      description: 'Until then nobody else is given this task.',
    }),
    attempt: z
      .optional(z.int().check(z.gte(1)))
      .apply(meta, { 'x-since': 3, description: 'How often this dispatch was sent, this time included.' }),
    deadline_ms: z
      .optional(z.int().check(z.gte(1)))
      .apply(meta, { 'x-since': 3, description: 'How long the result is waited for, from now on.' }),
  }),
  result: z.object({ result: z.optional(Json), evidence: z.optional(Json) }),
  errors: ['outcome_unknown', 'cancelled', 'invalid_state'],
  example: { payload: { dispatch_id: EXAMPLE.uuid, action: exampleTask.action }, result: { result: { load: 0.1 } } },
});

export const taskAbort = defineRequest({
  type: 'task.abort',
  summary: 'Tells a node that nobody waits for a dispatch any more.',
  direction: 'to_peer',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'read',
  since: 3,
  payload: z.object({ dispatch_id: z.uuid(), reason: z.optional(Text) }),
  example: { payload: { dispatch_id: EXAMPLE.uuid } },
});

export const taskSubmit = defineRequest({
  type: 'task.submit',
  summary: 'Gives a task to a node; it is kept until it is known how it ended.',
  ...write,
  payload: z.object({
    action: Action,
    node_id: z
      .optional(DeviceId)
      .apply(meta, { description: 'This node alone. One of `node_id` and `capability` is needed.' }),
    capability: z
      .optional(Text.check(z.maxLength(128)))
      .apply(meta, { description: 'Any paired node that is allowed this capability.' }),
    deadline_ms: z
      .optional(z.int().check(z.gte(1), z.lte(604_800_000)))
      .apply(meta, { description: 'Milliseconds after which the task fails with `timeout`.' }),
    turn_id: z.optional(z.uuid()),
  }),
  result: z.object({ task: Task }),
  errors: ['not_found', 'forbidden'],
  example: { payload: { action: exampleTask.action, capability: 'shell.run' }, result: { task: exampleTask } },
});

export const taskGet = defineRequest({
  type: 'task.get',
  summary: 'Reads a task.',
  ...read,
  payload: z.object({ task_id: z.uuid() }),
  result: z.object({ task: Task }),
  errors: ['not_found'],
  example: { payload: { task_id: EXAMPLE.uuid }, result: { task: exampleTask } },
});

export const taskList = defineRequest({
  type: 'task.list',
  summary: 'Lists tasks, the newest first.',
  ...read,
  payload: z.object({
    statuses: z.optional(z.array(TaskStatus).check(z.maxLength(6))),
    turn_id: z.optional(z.uuid()),
    limit: limit(200),
    cursor: z.optional(PageCursor),
  }),
  result: z.object({ tasks: z.array(Task), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { tasks: [exampleTask] } },
});

export const taskCancel = defineRequest({
  type: 'task.cancel',
  summary: 'Cancels a task that has not finished; the node is told to abort.',
  ...write,
  payload: z.object({ task_id: z.uuid(), reason: z.optional(Text.check(z.maxLength(1024))) }),
  result: z.object({ task: Task }),
  errors: ['not_found', 'invalid_state'],
  example: {
    payload: { task_id: EXAMPLE.uuid },
    result: { task: { ...exampleTask, status: 'cancelled', finished_at: EXAMPLE.time } },
  },
});

export const taskProgress = defineRequest({
  type: 'task.progress',
  summary: 'Tells how far a dispatch is; only the node that holds its lease may.',
  ...fromNode,
  since: 3,
  payload: z.object({
    dispatch_id: z.uuid(),
    fraction: z.optional(z.number().check(z.gte(0), z.lte(1))),
    message: z.optional(Text.check(z.maxLength(4096))),
  }),
  errors: ['not_found', 'invalid_state'],
  example: { payload: { dispatch_id: EXAMPLE.uuid, fraction: 0.5 } },
});

export const attemptEvidence = defineRequest({
  type: 'attempt.evidence',
  summary: 'Hands in what proves the work of a dispatch; at most 256 KiB, only from the node that holds its lease.',
  ...fromNode,
  since: 2,
  payload: z.object({ turn_id: z.optional(z.uuid()), dispatch_id: z.uuid(), evidence: Json }),
  errors: ['not_found', 'invalid_state'],
  example: { payload: { dispatch_id: EXAMPLE.uuid, evidence: { log: 'done' } } },
});
