import * as z from 'zod';
import { defineRequest } from '../define/operation.ts';
import { Cursor, DeviceId, Sha256 } from '../schemas/common.ts';
import {
  Capabilities,
  Device,
  Extension,
  GatewayIdentity,
  LimitsSchema,
  Nonce,
  PeerRole,
  Recovery,
  ResumeCursor,
  Signature,
} from '../schemas/connection.ts';
import { EXAMPLE } from '../values/example.ts';

const since3 = (description: string) => ({ 'x-since': 3, description });

export const connectInit = defineRequest({
  type: 'connect.init',
  summary: 'Opens the handshake: who the peer is and which revisions it speaks.',
  direction: 'to_gateway',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'read',
  servedBy: 'engine',
  since: 2,
  payload: z.object({
    protocol_rev: z.int().min(1).meta({ description: 'The highest revision that the peer speaks.' }),
    role: PeerRole,
    device: Device,
    capabilities: Capabilities,
    protocol_revs: z
      .array(z.int().min(1))
      .min(1)
      .max(16)
      .optional()
      .meta(since3('Every revision that the peer accepts, ascending.')),
    client_nonce: Nonce.optional().meta(since3('Fresh for each connection.')),
    contract_hash: Sha256.optional().meta(since3('Of the base contract at the revision that the peer hopes for.')),
    extensions: z.array(Extension).max(64).optional().meta(since3('The contract extensions that the peer knows.')),
    resume: ResumeCursor.optional().meta(since3('Asks for the events after a cursor.')),
  }),
  result: z.object({
    connection_id: z.uuid(),
    challenge: Nonce,
    protocol_rev: z.int().min(1).optional().meta(since3('The agreed revision.')),
    contract_hash: Sha256.optional().meta(since3('Of the base contract at the agreed revision.')),
    extensions: z.array(Extension).optional().meta(since3('The extensions that both sides know.')),
    gateway: GatewayIdentity.optional().meta(since3('Who the gateway will prove to be.')),
    limits: LimitsSchema.optional().meta(since3('The bounds of this connection.')),
    durability: z
      .enum(['memory', 'disk', 'replicated'])
      .optional()
      .meta(since3('What an acknowledged effect survives.')),
  }),
  errors: ['revision_unsupported', 'contract_mismatch'],
  example: {
    payload: { protocol_rev: 2, role: 'client', device: EXAMPLE.device, capabilities: [] },
    result: { connection_id: EXAMPLE.uuid, challenge: EXAMPLE.nonce },
  },
});

export const connectProof = defineRequest({
  type: 'connect.proof',
  summary: 'Completes the handshake: the peer proves that it holds the device key.',
  direction: 'to_gateway',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'read',
  servedBy: 'engine',
  since: 2,
  payload: z.object({ connection_id: z.uuid(), proof: Signature }),
  result: z.object({
    client_id: z.uuid().meta({ description: 'The connection id.' }),
    device_id: DeviceId,
    role: PeerRole,
    gateway_proof: Signature.optional().meta(
      since3("The gateway's signature; a client verifies it before it counts as connected."),
    ),
    recovery: Recovery.optional().meta(since3('What became of `resume`.')),
    cursor: Cursor.optional().meta(since3('Where the events of this connection begin.')),
  }),
  example: {
    payload: { connection_id: EXAMPLE.uuid, proof: EXAMPLE.signature },
    result: { client_id: EXAMPLE.uuid, device_id: EXAMPLE.device.device_id, role: 'client' },
  },
});
