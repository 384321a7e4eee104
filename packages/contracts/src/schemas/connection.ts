import * as z from 'zod';
import { ROLES } from '../tables/vocabulary.ts';
import { Capability } from './capability.ts';
import { Cursor, DeviceId, Sha256, Text } from './common.ts';

export const PeerRole = z.enum(ROLES).meta({ id: 'PeerRole', description: 'What the peer is on this connection.' });

export const PublicKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{59}$/)
  .meta({ id: 'PublicKey', description: 'Ed25519 SubjectPublicKeyInfo in DER, base64url without padding.' });

export const Signature = z
  .string()
  .regex(/^[A-Za-z0-9_-]{86}$/)
  .meta({ id: 'Signature', description: 'An Ed25519 signature, base64url without padding.' });

export const Device = z
  .object({
    device_id: DeviceId,
    pubkey: PublicKey,
    label: Text.optional(),
    platform: Text.optional(),
    version: Text.optional(),
    mode: Text.optional(),
    device_type: z.enum(['phone', 'tablet', 'desktop', 'browser']).optional(),
    device_platform: z.enum(['ios', 'android', 'macos', 'windows', 'linux', 'web']).optional(),
    device_model: Text.optional(),
  })
  .meta({ id: 'Device', description: 'The device that the peer proves to be.' });
export interface Device extends z.infer<typeof Device> {}

export const Extension = z
  .object({ id: Text.max(128), hash: Sha256 })
  .meta({ id: 'Extension', description: 'A contract extension, agreed by its own id and hash.' });

export const ResumeCursor = z
  .object({
    cursor: Cursor.meta({ description: 'The last cursor processed, or `acked` for the one that the gateway keeps.' }),
  })
  .meta({ id: 'Resume', description: 'Where to take up the events again.' });

export const LimitsSchema = z
  .object({
    max_frame_bytes: z.int().min(1),
    max_in_flight: z.int().min(1),
    event_window: z.int().min(1),
    heartbeat_ms: z.int().min(1),
    ledger_window_ms: z.int().min(1),
    log_window_ms: z.int().min(1),
  })
  .meta({ id: 'Limits', description: 'The bounds that both sides keep on this connection.' });

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
  .meta({ id: 'Recovery', description: 'What became of the wish to resume; never a silent gap.' });
export type Recovery = z.infer<typeof Recovery>;

export const GatewayIdentity = z
  .object({
    gateway_id: z.string().regex(/^gw_[a-z2-7]{52}$/),
    pubkey: PublicKey,
  })
  .meta({ id: 'GatewayIdentity', description: 'Who the gateway proves to be.' });

export const Nonce = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({ id: 'Nonce', description: '32 random bytes, base64url without padding.' });

export const Capabilities = z.array(Capability).max(256).default([]);
