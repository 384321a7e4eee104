import * as z from 'zod';
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
    host: Text.max(256).optional(),
    ip: Text.max(64).optional(),
    version: Text.max(64).optional(),
    mode: PresenceMode.optional(),
    last_input_seconds: z.int().min(0).optional(),
    metadata: Metadata.optional(),
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
  payload: z.object({ limit: limit(200), cursor: PageCursor.optional() }),
  result: z.object({ entries: z.array(Presence), next_cursor: z.string().nullable().optional() }),
  example: { payload: {}, result: { entries: [examplePresence] } },
});
