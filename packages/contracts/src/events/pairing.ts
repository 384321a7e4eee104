import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineEvent } from '../define/operation.ts';
import { Capability, CapabilityState } from '../schemas/capability.ts';
import { Text } from '../schemas/common.ts';
import { Pairing } from '../schemas/pairing.ts';
import { EXAMPLE, examplePairing } from '../values/example.ts';

export const pairingUpdated = defineEvent({
  type: 'pairing.updated',
  summary: 'A pairing was opened or decided. With `scoped_token` it goes to that node alone, and never into the log.',
  audience: { roles: ['client'], scopes: ['operator.read', 'operator.pairing'] },
  kept: 'durable',
  since: 2,
  payload: z.object({
    pairing: Pairing,
    scoped_token: z.optional(Text).apply(meta, { description: 'The token bound to the device of the node.' }),
  }),
  example: { payload: { pairing: examplePairing } },
});

export const capabilityReadyEvent = defineEvent({
  type: 'capability.ready',
  summary: 'A node told which of its capabilities it can serve now.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'durable',
  since: 2,
  payload: z.object({
    node_id: Text,
    capabilities: z.optional(z.array(Capability)),
    capability_states: z.optional(z.array(CapabilityState)),
  }),
  example: { payload: { node_id: EXAMPLE.device.device_id } },
});
