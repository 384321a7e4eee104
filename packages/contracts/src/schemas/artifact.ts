import * as z from 'zod';
import { Metadata, Text, Timestamp } from './common.ts';

export const Artifact = z
  .object({
    artifact_id: z.uuid(),
    uri: Text.meta({ description: 'Names the artifact inside the gateway.' }),
    external_url: Text.meta({ description: 'Where its bytes are fetched over HTTP, with the same rights.' }),
    kind: z.enum(['screenshot', 'diff', 'log', 'dom_snapshot', 'http_trace', 'receipt', 'file', 'other']),
    media_class: z.enum(['image', 'audio', 'video', 'document', 'other']),
    created_at: Timestamp,
    filename: Text,
    mime_type: Text.optional(),
    size_bytes: z.int().min(0).optional(),
    sha256: Text.optional().meta({ description: 'Of the bytes, in hexadecimal.' }),
    labels: z.array(Text).optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'Artifact', description: 'Bytes that work produced, and what is known about them.' });
export interface Artifact extends z.infer<typeof Artifact> {}
