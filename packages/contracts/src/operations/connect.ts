import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
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
    protocol_rev: z.int().check(z.gte(1)).apply(meta, { description: 'The highest revision that the peer speaks.' }),
    role: PeerRole,
    device: Device,
    capabilities: Capabilities,
    protocol_revs: z
      .optional(z.array(z.int().check(z.gte(1))).check(z.minLength(1), z.maxLength(16)))
      .apply(meta, { 'x-since': 3, description: 'Every revision that the peer accepts, ascending.' }),
    client_nonce: z.optional(Nonce).apply(meta, { 'x-since': 3, description: 'Fresh for each connection.' }),
    contract_hash: z
      .optional(Sha256)
      .apply(meta, { 'x-since': 3, description: 'Of the base contract at the revision that the peer hopes for.' }),
    extensions: z
      .optional(z.array(Extension).check(z.maxLength(64)))
      .apply(meta, { 'x-since': 3, description: 'The contract extensions that the peer knows.' }),
    resume: z.optional(ResumeCursor).apply(meta, { 'x-since': 3, description: 'Asks for the events after a cursor.' }),
  }),
  result: z.object({
    connection_id: z.uuid(),
    challenge: Nonce,
    protocol_rev: z
      .optional(z.int().check(z.gte(1)))
      .apply(meta, { 'x-since': 3, description: 'The agreed revision.' }),
    contract_hash: z
      .optional(Sha256)
      .apply(meta, { 'x-since': 3, description: 'Of the base contract at the agreed revision.' }),
    extensions: z
      .optional(z.array(Extension))
      .apply(meta, { 'x-since': 3, description: 'The extensions that both sides know.' }),
    gateway: z
      .optional(GatewayIdentity)
      .apply(meta, { 'x-since': 3, description: 'Who the gateway will prove to be.' }),
    limits: z.optional(LimitsSchema).apply(meta, { 'x-since': 3, description: 'The bounds of this connection.' }),
    durability: z
      .optional(z.enum(['memory', 'disk', 'replicated']))
      .apply(meta, { 'x-since': 3, description: 'What an acknowledged effect survives.' }),
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
    client_id: z.uuid().apply(meta, { description: 'The connection id.' }),
    device_id: DeviceId,
    role: PeerRole,
    gateway_proof: z.optional(Signature).apply(meta, {
      'x-since': 3,
      description: "The gateway's signature; a client verifies it before it counts as connected.",
    }),
    recovery: z.optional(Recovery).apply(meta, { 'x-since': 3, description: 'What became of `resume`.' }),
    cursor: z.optional(Cursor).apply(meta, { 'x-since': 3, description: 'Where the events of this connection begin.' }),
  }),
  example: {
    payload: { connection_id: EXAMPLE.uuid, proof: EXAMPLE.signature },
    result: { client_id: EXAMPLE.uuid, device_id: EXAMPLE.device.device_id, role: 'client' },
  },
});
