import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Text } from '../schemas/common.ts';

const everyone = { roles: ['client', 'node'], scopes: [] } as const;

export const eventsBookmark = defineEvent({
  type: 'events.bookmark',
  summary: 'Moves the cursor of a peer for whom nothing happened.',
  audience: everyone,
  kept: 'control',
  since: 3,
  payload: z.object({}),
  example: { payload: {} },
});

export const gatewayDraining = defineEvent({
  type: 'gateway.draining',
  summary: 'The gateway stops; come back after the given time, which differs from peer to peer.',
  audience: everyone,
  kept: 'control',
  since: 3,
  payload: z.object({ reconnect_after_ms: z.int().check(z.gte(0)) }),
  example: { payload: { reconnect_after_ms: 250 } },
});

export const errorEvent = defineEvent({
  type: 'error',
  summary: 'A frame could not be read well enough to be answered.',
  audience: everyone,
  kept: 'direct',
  since: 2,
  payload: z.object({ code: Text, message: z.string() }),
  example: { payload: { code: 'contract_error', message: 'the frame is not JSON' } },
});
