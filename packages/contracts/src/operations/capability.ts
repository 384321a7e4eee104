import * as z from 'zod/mini';
import { defineRequest } from '../define/operation.ts';
import { Capability, CapabilityState } from '../schemas/capability.ts';

export const capabilityReady = defineRequest({
  type: 'capability.ready',
  summary: 'Tells which of its advertised capabilities a node can serve now.',
  direction: 'to_gateway',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'once',
  since: 2,
  payload: z.object({
    capabilities: z.optional(z.array(Capability).check(z.maxLength(256))),
    capability_states: z.optional(z.array(CapabilityState).check(z.maxLength(256))),
  }),
  example: { payload: { capabilities: [{ id: 'shell.run', version: '1.0.0' }] } },
});
