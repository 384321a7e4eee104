import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Text } from '../schemas/common.ts';
import { Presence } from '../schemas/presence.ts';
import { examplePresence } from '../values/example.ts';

const shared = { audience: { roles: ['client'], scopes: ['operator.read'] }, kept: 'ephemeral', since: 2 } as const;

export const presenceUpserted = defineEvent({
  type: 'presence.upserted',
  summary: 'An instance is there, or said something new about itself.',
  ...shared,
  payload: z.object({ entry: Presence }),
  example: { payload: { entry: examplePresence } },
});

export const presencePruned = defineEvent({
  type: 'presence.pruned',
  summary: 'An instance has not been seen for so long that it is taken off the list.',
  ...shared,
  payload: z.object({ instance_id: Text }),
  example: { payload: { instance_id: examplePresence.instance_id } },
});
