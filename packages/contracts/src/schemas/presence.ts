import * as z from 'zod';
import { Metadata, Text, Timestamp } from './common.ts';

export const PresenceMode = z
  .enum(['ui', 'web', 'cli', 'node', 'backend', 'probe', 'test', 'desktop', 'browser-node'])
  .meta({ id: 'PresenceMode', description: 'As what an instance runs.' });

export const Presence = z
  .object({
    instance_id: Text,
    role: z.enum(['gateway', 'client', 'node']),
    host: Text.optional(),
    ip: Text.optional(),
    version: Text.optional(),
    mode: PresenceMode.optional(),
    last_seen_at: Timestamp,
    last_input_seconds: z.int().min(0).optional(),
    reason: z.enum(['self', 'connect', 'periodic', 'node-connected', 'prune']).optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'Presence', description: 'Who is there, and when it was last seen.' });
export interface Presence extends z.infer<typeof Presence> {}
