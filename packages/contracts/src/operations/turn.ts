import * as z from 'zod';
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
    statuses: z.array(TurnStatus).max(6).optional().meta({ description: 'Only turns that stand at one of these.' }),
    limit: limit(200),
    cursor: PageCursor.optional().meta({ 'x-since': 3, description: 'The next page, as `next_cursor` said it.' }),
    conversation_id: Text.optional().meta({ 'x-since': 3, description: 'Only turns of this conversation.' }),
  }),
  result: z.object({
    turns: z.array(
      z.object({
        turn: Turn,
        agent_key: Text.optional(),
        conversation_key: Text.optional(),
        trigger_kind: Text.optional(),
      }),
    ),
    next_cursor: z
      .string()
      .nullable()
      .optional()
      .meta({ 'x-since': 3, description: '`null` or absent on the last page.' }),
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
  payload: z.object({ turn_id: z.uuid(), reason: Text.max(1024).optional() }),
  result: z.object({ turn: Turn }),
  errors: ['not_found', 'invalid_state'],
  example: {
    payload: { turn_id: EXAMPLE.uuid },
    result: { turn: { ...exampleTurn, status: 'cancelled', finished_at: EXAMPLE.time } },
  },
});
