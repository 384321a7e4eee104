import * as z from 'zod';
import { defineRequest } from '../define/operation.ts';
import { Json, Text } from '../schemas/common.ts';
import { ErrorBody } from '../schemas/error-body.ts';
import { MAX_KEY_LENGTH } from '../tables/limits.ts';

export const requestStatus = defineRequest({
  type: 'request.status',
  summary: 'Tells what became of an earlier request of this device.',
  direction: 'to_gateway',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'read',
  servedBy: 'engine',
  since: 3,
  payload: z.object({
    type: Text.max(128).meta({ description: 'The type of that request.' }),
    request_id: Text.max(MAX_KEY_LENGTH)
      .optional()
      .meta({ description: 'Its request id; one of this and `idempotency_key` is needed.' }),
    idempotency_key: Text.max(MAX_KEY_LENGTH).optional(),
  }),
  result: z.object({
    status: z.enum(['unknown', 'executing', 'completed', 'outcome_unknown']),
    response: z
      .object({ ok: z.boolean(), result: Json.optional(), error: ErrorBody.optional() })
      .optional()
      .meta({ description: 'What it was answered; present when completed.' }),
  }),
  example: { payload: { type: 'conversation.send', request_id: 'r-1' }, result: { status: 'unknown' } },
});
