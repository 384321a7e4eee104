import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { limit, PageCursor, Text } from '../schemas/common.ts';
import { Turn, TurnItem, TurnStatus } from '../schemas/turn.ts';
import { EXAMPLE, exampleTurn } from '../values/example.ts';

export const turnList = defineRequest({
  type: 'turn.list',
  summary: 'Lists turns, the newest first.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 2,
  payload: z.object({
    statuses: z
      .optional(z.array(TurnStatus).check(z.maxLength(6)))
      .apply(meta, { description: 'Only turns that stand at one of these.' }),
    limit: limit(200),
    cursor: z
      .optional(PageCursor)
      .apply(meta, { 'x-since': 3, description: 'The next page, as `next_cursor` said it.' }),
    conversation_id: z.optional(Text).apply(meta, { 'x-since': 3, description: 'Only turns of this conversation.' }),
  }),
  result: z.object({
    turns: z.array(
      z.object({
        turn: Turn,
        agent_key: z.optional(Text),
        conversation_key: z.optional(Text),
        trigger_kind: z.optional(Text),
      }),
    ),
    next_cursor: z
      .optional(z.nullable(z.string()))
      .apply(meta, { 'x-since': 3, description: '`null` or absent on the last page.' }),
  }),
  example: { payload: { statuses: ['running'] }, result: { turns: [{ turn: exampleTurn }] } },
});

export const turnGet = defineRequest({
  type: 'turn.get',
  summary: 'Reads a turn and what it produced so far.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ turn_id: z.uuid() }),
  result: z.object({ turn: Turn, items: z.array(TurnItem) }),
  errors: ['not_found'],
  example: { payload: { turn_id: EXAMPLE.uuid }, result: { turn: exampleTurn, items: [] } },
});

export const turnCancel = defineRequest({
  type: 'turn.cancel',
  summary: 'Cancels a turn that has not finished; its tasks are aborted.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 3,
  payload: z.object({ turn_id: z.uuid(), reason: z.optional(Text.check(z.maxLength(1024))) }),
  result: z.object({ turn: Turn }),
  errors: ['not_found', 'invalid_state'],
  example: {
    payload: { turn_id: EXAMPLE.uuid },
    result: { turn: { ...exampleTurn, status: 'cancelled', finished_at: EXAMPLE.time } },
  },
});
