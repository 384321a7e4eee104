import * as z from 'zod/mini';
import { defineRequest } from '../define/operation.ts';
import { limit, Metadata, PageCursor, Text } from '../schemas/common.ts';
import { Presence, PresenceMode } from '../schemas/presence.ts';
import { examplePresence } from '../values/example.ts';

export const presenceBeacon = defineRequest({
  type: 'presence.beacon',
  summary: 'Tells that this instance is there, and as what.',
  direction: 'to_gateway',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'once',
  since: 2,
  payload: z.object({
    host: z.optional(Text.check(z.maxLength(256))),
    ip: z.optional(Text.check(z.maxLength(64))),
    version: z.optional(Text.check(z.maxLength(64))),
    mode: z.optional(PresenceMode),
    last_input_seconds: z.optional(z.int().check(z.gte(0))),
    metadata: z.optional(Metadata),
  }),
  result: z.object({ entry: Presence }),
  example: { payload: { mode: 'cli' }, result: { entry: examplePresence } },
});

export const presenceList = defineRequest({
  type: 'presence.list',
  summary: 'Lists who is there.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ limit: limit(200), cursor: z.optional(PageCursor) }),
  result: z.object({ entries: z.array(Presence), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { entries: [examplePresence] } },
});
