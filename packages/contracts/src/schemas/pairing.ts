import * as z from 'zod';
import { Capability } from './capability.ts';
import { Metadata, Text, Timestamp } from './common.ts';
import { Review } from './review.ts';

export const Node = z
  .object({
    node_id: Text.meta({ description: "The node's device id." }),
    label: Text.optional(),
    capabilities: z.array(Capability).meta({ description: 'What it advertised when it last connected.' }),
    last_seen_at: Timestamp,
    metadata: Metadata.optional(),
    connected: z.boolean().optional().meta({ 'x-since': 3, description: 'Whether it has an open connection now.' }),
  })
  .meta({ id: 'Node', description: 'A peer that does things.' });
export interface Node extends z.infer<typeof Node> {}

export const TrustLevel = z
  .enum(['local', 'remote'])
  .meta({ id: 'TrustLevel', description: 'How far a node is trusted.' });

export const PairingStatus = z
  .enum(['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'revoked'])
  .meta({ id: 'PairingStatus', description: 'Where a pairing stands.' });

export const Pairing = z
  .object({
    pairing_id: z.int().min(1),
    status: PairingStatus,
    motivation: Text.meta({ description: 'Why the node asks, for the person who decides.' }),
    trust_level: TrustLevel.optional(),
    requested_at: Timestamp,
    node: Node,
    capability_allowlist: z.array(Capability).meta({ description: 'What the node may be asked to do once approved.' }),
    latest_review: Review.nullable(),
    reviews: z.array(Review).optional(),
  })
  .meta({ id: 'Pairing', description: "A node's request to belong to this gateway, and what was decided." });
export interface Pairing extends z.infer<typeof Pairing> {}
