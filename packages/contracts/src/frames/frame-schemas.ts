import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Cursor, Json, Text, Timestamp } from '../schemas/common.ts';
import { ErrorBody } from '../schemas/error-body.ts';
import { EventScope } from '../schemas/event-scope.ts';
import { MAX_KEY_LENGTH, MAX_REQUEST_ID_LENGTH_AT_2, MAX_TYPE_LENGTH } from '../tables/limits.ts';

const since3 = (description: string) => ({ 'x-since': 3, description });

const TraceContext = z
  .looseObject({ traceparent: z.string(), tracestate: z.optional(z.string()) })
  .apply(meta, { id: 'Trace', description: 'W3C trace context; anything else in it is relayed, never interpreted.' });

const Key = z.string().check(z.minLength(1), z.maxLength(MAX_KEY_LENGTH));

/**
 * The envelopes as they are written, as schemas: for the artefacts, and for whoever checks frames without `decodeFrame`,
 * which says the same by hand because it is on everybody's hot path.
 */
export function frameSchemas(revision: number) {
  const request_id = z
    .string()
    .check(z.minLength(1), z.maxLength(revision >= 3 ? MAX_KEY_LENGTH : MAX_REQUEST_ID_LENGTH_AT_2));
  const type = Text.check(z.maxLength(MAX_TYPE_LENGTH));
  const replayed = z.optional(z.literal(true)).apply(meta, since3('The stored response of an earlier run.'));
  return {
    request: z.object({
      request_id,
      type,
      payload: Json,
      trace: z.optional(TraceContext),
      idempotency_key: z
        .optional(Key)
        .apply(meta, since3('Makes the request one with an earlier one of the same key; else the request id does.')),
    }),
    ok_response: z.object({
      request_id,
      type,
      ok: z.literal(true),
      result: z.optional(Json),
      replayed,
      as_of: z.optional(Cursor).apply(meta, since3('The cursor at which a read was true or a write committed.')),
    }),
    error_response: z.object({ request_id, type, ok: z.literal(false), error: ErrorBody, replayed }),
    event: z.object({
      event_id: Text,
      type,
      occurred_at: Timestamp,
      scope: z.optional(EventScope),
      payload: Json,
      cursor: z.optional(Cursor).apply(meta, since3('On durable events and bookmarks.')),
      prev: z.optional(Cursor).apply(meta, since3('The cursor sent before it on this connection.')),
    }),
  } as const;
}
