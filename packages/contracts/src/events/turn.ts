import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineEvent } from '../define/operation.ts';
import { Text } from '../schemas/common.ts';
import { RequestedBy } from '../schemas/requested-by.ts';
import { BlockedReason, Turn, TurnItem } from '../schemas/turn.ts';
import { EXAMPLE, exampleMessage, exampleTurn } from '../values/example.ts';

const shared = { audience: { roles: ['client'], scopes: ['operator.read'] }, kept: 'durable', since: 2 } as const;

const step = {
  turn_id: z.uuid(),
  conversation_id: z.optional(Text).apply(meta, { 'x-since': 3, description: 'The conversation of the turn.' }),
  requested_by: RequestedBy,
};
const example = { payload: { turn_id: EXAMPLE.uuid, conversation_id: 'conv_1' } };

export const turnQueued = defineEvent({
  type: 'turn.queued',
  summary: 'A turn waits to be run.',
  ...shared,
  payload: z.object(step),
  example,
});

export const turnStarted = defineEvent({
  type: 'turn.started',
  summary: 'A turn began to run.',
  ...shared,
  payload: z.object(step),
  example,
});

export const turnResumed = defineEvent({
  type: 'turn.resumed',
  summary: 'A turn runs again: what it waited for came, or a crash had interrupted it.',
  ...shared,
  payload: z.object(step),
  example,
});

export const turnCompleted = defineEvent({
  type: 'turn.completed',
  summary: 'A turn ended well.',
  ...shared,
  payload: z.object(step),
  example,
});

export const turnFailed = defineEvent({
  type: 'turn.failed',
  summary: 'A turn ended with an error.',
  ...shared,
  payload: z.object({
    ...step,
    error: z
      .optional(z.object({ code: Text, message: z.string() }))
      .apply(meta, { 'x-since': 3, description: 'What went wrong; never an internal cause.' }),
  }),
  example,
});

export const turnBlocked = defineEvent({
  type: 'turn.blocked',
  summary: 'A turn waits for something outside it.',
  ...shared,
  payload: z.object({
    turn_id: z.uuid(),
    reason: BlockedReason,
    approval_id: z.optional(z.uuid()),
    detail: z.optional(Text),
  }),
  example: { payload: { turn_id: EXAMPLE.uuid, reason: 'approval' } },
});

export const turnCancelled = defineEvent({
  type: 'turn.cancelled',
  summary: 'A turn was cancelled.',
  ...shared,
  payload: z.object({ turn_id: z.uuid(), reason: z.optional(Text), requested_by: RequestedBy }),
  example: { payload: { turn_id: EXAMPLE.uuid } },
});

export const turnUpdated = defineEvent({
  type: 'turn.updated',
  summary: 'The whole turn, after any change of it.',
  ...shared,
  payload: z.object({ turn: Turn, trigger_kind: z.optional(Text) }),
  example: { payload: { turn: exampleTurn } },
});

export const turnItemCreated = defineEvent({
  type: 'turn.item.created',
  summary: 'A turn produced something durable.',
  ...shared,
  payload: z.object({ turn_item: TurnItem }),
  example: {
    payload: {
      turn_item: {
        turn_item_id: EXAMPLE.otherUuid,
        turn_id: EXAMPLE.uuid,
        item_index: 0,
        item_key: 'answer',
        created_at: EXAMPLE.time,
        kind: 'message',
        payload: { message: exampleMessage },
      },
    },
  },
});
