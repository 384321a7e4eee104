import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
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
    type: Text.check(z.maxLength(128)).apply(meta, { description: 'The type of that request.' }),
    request_id: z
      .optional(Text.check(z.maxLength(MAX_KEY_LENGTH)))
      .apply(meta, { description: 'Its request id; one of this and `idempotency_key` is needed.' }),
    idempotency_key: z.optional(Text.check(z.maxLength(MAX_KEY_LENGTH))),
  }),
  result: z.object({
    status: z.enum(['unknown', 'executing', 'completed', 'outcome_unknown']),
    response: z
      .optional(z.object({ ok: z.boolean(), result: z.optional(Json), error: z.optional(ErrorBody) }))
      .apply(meta, { description: 'What it was answered; present when completed.' }),
  }),
  example: { payload: { type: 'conversation.send', request_id: 'r-1' }, result: { status: 'unknown' } },
});
