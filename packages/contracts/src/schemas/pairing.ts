import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Capability } from './capability.ts';
import { Json, Text, Timestamp } from './common.ts';
import { Review } from './review.ts';

export const Node = z
  .object({
    node_id: Text.apply(meta, { description: "The node's device id." }),
    label: z.optional(Text),
    capabilities: z.array(Capability).apply(meta, { description: 'What it advertised when it last connected.' }),
    last_seen_at: Timestamp,
    metadata: z.optional(Json),
    connected: z
      .optional(z.boolean())
      .apply(meta, { 'x-since': 3, description: 'Whether it has an open connection now.' }),
  })
  .apply(meta, { id: 'Node', description: 'A peer that does things.' });
export interface Node extends z.infer<typeof Node> {}

export const TrustLevel = z
  .enum(['local', 'remote'])
  .apply(meta, { id: 'TrustLevel', description: 'How far a node is trusted.' });

export const PairingStatus = z
  .enum(['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'revoked'])
  .apply(meta, { id: 'PairingStatus', description: 'Where a pairing stands.' });

export const Pairing = z
  .object({
    pairing_id: z.int().check(z.gte(1)),
    status: PairingStatus,
    motivation: Text.apply(meta, { description: 'Why the node asks, for the person who decides.' }),
    trust_level: z.optional(TrustLevel),
    requested_at: Timestamp,
    node: Node,
    capability_allowlist: z
      .array(Capability)
      .apply(meta, { description: 'What the node may be asked to do once approved.' }),
    latest_review: z.nullable(Review),
    reviews: z.optional(z.array(Review)),
  })
  .apply(meta, { id: 'Pairing', description: "A node's request to belong to this gateway, and what was decided." });
export interface Pairing extends z.infer<typeof Pairing> {}
