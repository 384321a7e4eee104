import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Metadata, Text, Timestamp } from './common.ts';

export const ArtifactKind = z
  .enum(['screenshot', 'diff', 'log', 'dom_snapshot', 'http_trace', 'receipt', 'file', 'other'])
  .apply(meta, { id: 'ArtifactKind', description: 'What an artifact is.' });

/** What is said of bytes that are on their way into the gateway, over HTTP. */
export const ArtifactFacts = z.strictObject({
  filename: Text.check(z.maxLength(255)),
  kind: z.optional(ArtifactKind),
  mime_type: z.optional(Text.check(z.maxLength(255))),
  labels: z.optional(z.array(Text.check(z.maxLength(128))).check(z.maxLength(32))),
  /** Of the bytes, in hexadecimal: others are refused. */
  sha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  turn_id: z.optional(z.uuid()),
  /** The dispatch that the sending node holds: what it makes belongs to the turn of that. */
  dispatch_id: z.optional(z.uuid()),
});
export interface ArtifactFacts extends z.infer<typeof ArtifactFacts> {}

export const Artifact = z
  .object({
    artifact_id: z.uuid(),
    uri: Text.apply(meta, { description: 'Names the artifact inside the gateway.' }),
    external_url: Text.apply(meta, { description: 'Where its bytes are fetched over HTTP, with the same rights.' }),
    kind: ArtifactKind,
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
