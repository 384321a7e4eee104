import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Metadata, Text, Timestamp } from './common.ts';

export const Artifact = z
  .object({
    artifact_id: z.uuid(),
    uri: Text.apply(meta, { description: 'Names the artifact inside the gateway.' }),
    external_url: Text.apply(meta, { description: 'Where its bytes are fetched over HTTP, with the same rights.' }),
    kind: z.enum(['screenshot', 'diff', 'log', 'dom_snapshot', 'http_trace', 'receipt', 'file', 'other']),
    media_class: z.enum(['image', 'audio', 'video', 'document', 'other']),
    created_at: Timestamp,
    filename: Text,
    mime_type: z.optional(Text),
    size_bytes: z.optional(z.int().check(z.gte(0))),
    sha256: z.optional(Text).apply(meta, { description: 'Of the bytes, in hexadecimal.' }),
    labels: z.optional(z.array(Text)),
    metadata: z.optional(Metadata),
  })
  .apply(meta, { id: 'Artifact', description: 'Bytes that work produced, and what is known about them.' });
export interface Artifact extends z.infer<typeof Artifact> {}
