import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { ROLES } from '../tables/vocabulary.ts';
import { Capability } from './capability.ts';
import { Cursor, DeviceId, Sha256, Text } from './common.ts';

export const PeerRole = z
  .enum(ROLES)
  .apply(meta, { id: 'PeerRole', description: 'What the peer is on this connection.' });

export const PublicKey = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{59}$/))
  .apply(meta, { id: 'PublicKey', description: 'Ed25519 SubjectPublicKeyInfo in DER, base64url without padding.' });

export const Signature = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{86}$/))
  .apply(meta, { id: 'Signature', description: 'An Ed25519 signature, base64url without padding.' });

export const Device = z
  .object({
    device_id: DeviceId,
    pubkey: PublicKey,
    label: z.optional(Text),
    platform: z.optional(Text),
    version: z.optional(Text),
    mode: z.optional(Text),
    device_type: z.optional(z.enum(['phone', 'tablet', 'desktop', 'browser'])),
    device_platform: z.optional(z.enum(['ios', 'android', 'macos', 'windows', 'linux', 'web'])),
    device_model: z.optional(Text),
  })
  .apply(meta, { id: 'Device', description: 'The device that the peer proves to be.' });
export interface Device extends z.infer<typeof Device> {}

export const Extension = z
  .object({ id: Text.check(z.maxLength(128)), hash: Sha256 })
  .apply(meta, { id: 'Extension', description: 'A contract extension, agreed by its own id and hash.' });

export const ResumeCursor = z
  .object({
    cursor: Cursor.apply(meta, {
      description: 'The last cursor processed, or `acked` for the one that the gateway keeps.',
    }),
  })
  .apply(meta, { id: 'Resume', description: 'Where to take up the events again.' });

export const LimitsSchema = z
  .object({
    max_frame_bytes: z.int().check(z.gte(1)),
    max_in_flight: z.int().check(z.gte(1)),
    event_window: z.int().check(z.gte(1)),
    heartbeat_ms: z.int().check(z.gte(1)),
    ledger_window_ms: z.int().check(z.gte(1)),
    log_window_ms: z.int().check(z.gte(1)),
  })
  .apply(meta, { id: 'Limits', description: 'The bounds that both sides keep on this connection.' });

export const RECOVERY_REASONS = [
  'epoch_changed',
  'trimmed',
  'scope_changed',
  'unknown_cursor',
  'revision_changed',
] as const;
export type RecoveryReason = (typeof RECOVERY_REASONS)[number];

export const Recovery = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('fresh') }),
    z.object({ outcome: z.literal('resumed') }),
    z.object({ outcome: z.literal('snapshot_required'), reason: z.enum(RECOVERY_REASONS) }),
  ])
  .apply(meta, { id: 'Recovery', description: 'What became of the wish to resume; never a silent gap.' });
export type Recovery = z.infer<typeof Recovery>;

export const GatewayIdentity = z
  .object({
    gateway_id: z.string().check(z.regex(/^gw_[a-z2-7]{52}$/)),
    pubkey: PublicKey,
  })
  .apply(meta, { id: 'GatewayIdentity', description: 'Who the gateway proves to be.' });

export const Nonce = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{43}$/))
  .apply(meta, { id: 'Nonce', description: '32 random bytes, base64url without padding.' });

export const Capabilities = z._default(z.array(Capability).check(z.maxLength(256)), []);
