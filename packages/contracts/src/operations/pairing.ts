import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { Capability } from '../schemas/capability.ts';
import { limit, PageCursor, Text } from '../schemas/common.ts';
import { Node, Pairing, PairingStatus, TrustLevel } from '../schemas/pairing.ts';
import { examplePairing } from '../values/example.ts';

const decide = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.pairing'],
  effect: 'once',
  since: 2,
  result: z.object({ pairing: Pairing }),
  errors: ['not_found', 'conflict', 'invalid_state'],
} as const;

const PairingId = z.int().check(z.gte(1));
const Reason = z
  .optional(Text.check(z.maxLength(4096)))
  .apply(meta, { description: 'Kept with the decision, for people.' });
const decided = { result: { pairing: examplePairing } };

export const pairingApprove = defineRequest({
  type: 'pairing.approve',
  summary: 'Lets a node belong to this gateway; it is sent a token bound to its device.',
  ...decide,
  payload: z.object({
    pairing_id: PairingId,
    reason: Reason,
    trust_level: TrustLevel,
    capability_allowlist: z
      .array(Capability)
      .check(z.maxLength(256))
      .apply(meta, { description: 'What the node may be asked to do, out of what it advertised.' }),
  }),
  example: {
    payload: { pairing_id: 1, trust_level: 'local', capability_allowlist: [{ id: 'shell.run', version: '1.0.0' }] },
    ...decided,
  },
});

export const pairingDeny = defineRequest({
  type: 'pairing.deny',
  summary: 'Refuses a node.',
  ...decide,
  payload: z.object({ pairing_id: PairingId, reason: Reason }),
  example: { payload: { pairing_id: 1 }, ...decided },
});

export const pairingRevoke = defineRequest({
  type: 'pairing.revoke',
  summary: 'Ends an approved pairing; the tokens of the node stop working at once.',
  ...decide,
  payload: z.object({ pairing_id: PairingId, reason: Reason }),
  example: { payload: { pairing_id: 1 }, ...decided },
});

export const pairingList = defineRequest({
  type: 'pairing.list',
  summary: 'Lists pairings, the newest first.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read', 'operator.pairing'],
  effect: 'read',
  since: 3,
  payload: z.object({ status: z.optional(PairingStatus), limit: limit(200), cursor: z.optional(PageCursor) }),
  result: z.object({ pairings: z.array(Pairing), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { pairings: [examplePairing] } },
});

export const nodeList = defineRequest({
  type: 'node.list',
  summary: 'Lists the paired nodes and whether they are connected.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ limit: limit(200), cursor: z.optional(PageCursor) }),
  result: z.object({ nodes: z.array(Node), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { nodes: [examplePairing.node] } },
});
