import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Json, Text } from '../schemas/common.ts';
import { Task } from '../schemas/task.ts';
import { EXAMPLE, exampleTask } from '../values/example.ts';

const audience = { roles: ['client'], scopes: ['operator.read'] } as const;

export const taskUpdated = defineEvent({
  type: 'task.updated',
  summary: 'A task, after any change of it.',
  audience,
  kept: 'durable',
  since: 3,
  payload: z.object({ task: Task }),
  example: { payload: { task: exampleTask } },
});

export const taskProgressEvent = defineEvent({
  type: 'task.progress',
  summary: 'How far a node is with a dispatch.',
  audience,
  kept: 'ephemeral',
  since: 3,
  payload: z.object({
    dispatch_id: z.uuid(),
    fraction: z.optional(z.number().check(z.gte(0), z.lte(1))),
    message: z.optional(Text),
  }),
  example: { payload: { dispatch_id: EXAMPLE.uuid, fraction: 0.5 } },
});

export const attemptEvidenceEvent = defineEvent({
  type: 'attempt.evidence',
  summary: 'A node handed in what proves its work.',
  audience,
  kept: 'durable',
  since: 2,
  payload: z.object({ node_id: Text, turn_id: z.optional(z.uuid()), dispatch_id: z.uuid(), evidence: Json }),
  example: { payload: { node_id: EXAMPLE.device.device_id, dispatch_id: EXAMPLE.uuid, evidence: { log: 'done' } } },
});
