import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Metadata, Text, Timestamp } from './common.ts';

export const PresenceMode = z
  .enum(['ui', 'web', 'cli', 'node', 'backend', 'probe', 'test', 'desktop', 'browser-node'])
  .apply(meta, { id: 'PresenceMode', description: 'As what an instance runs.' });

export const Presence = z
  .object({
    instance_id: Text.apply(meta, { description: 'A device in a role: the role, a slash and the device id.' }),
    role: z.enum(['gateway', 'client', 'node']),
    host: z.optional(Text),
    ip: z.optional(Text),
    version: z.optional(Text),
    mode: z.optional(PresenceMode),
    last_seen_at: Timestamp,
    last_input_seconds: z.optional(z.int().check(z.gte(0))),
    reason: z.optional(z.enum(['self', 'connect', 'periodic', 'node-connected', 'prune'])),
    metadata: z.optional(Metadata),
  })
  .apply(meta, { id: 'Presence', description: 'Who is there, and when it was last seen.' });
export interface Presence extends z.infer<typeof Presence> {}
