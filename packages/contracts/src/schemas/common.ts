import * as z from 'zod';
import { MAX_CURSOR_LENGTH } from '../tables/limits.ts';

/** A string that is never empty. */
export const Text = z.string().min(1);

export const Timestamp = z.iso.datetime().meta({ id: 'Timestamp', description: 'ISO 8601 in UTC, with a trailing Z.' });
export type Timestamp = z.infer<typeof Timestamp>;

/** Any JSON value. */
export const Json = z.unknown().meta({ id: 'Json', description: 'Any JSON value.', 'x-any': true });

export const Metadata = z
  .record(z.string(), z.unknown())
  .meta({ id: 'Metadata', description: 'Free-form; relayed and never interpreted.', 'x-any': true });

export const Cursor = z.string().min(1).max(MAX_CURSOR_LENGTH).meta({
  id: 'Cursor',
  description: 'A place in the event log, opaque: a peer stores it and sends it back, nothing more.',
});

export const DeviceId = z
  .string()
  .regex(/^dev_[a-z2-7]{52}$/)
  .meta({ id: 'DeviceId', description: '`dev_` and the base32 SHA-256 of the device key.' });

export const Sha256 = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .meta({ id: 'Sha256', description: 'A SHA-256 digest, base64url without padding.' });

/** Page size of a list. */
export function limit(maximum: number) {
  return z
    .int()
    .min(1)
    .max(maximum)
    .optional()
    .meta({ description: `How many at the most; ${maximum} is the bound.` });
}

/** Where the next page of a list begins, as the page before it said. */
export const PageCursor = z
  .string()
  .min(1)
  .max(512)
  .meta({ id: 'PageCursor', description: 'As `next_cursor` of the page before said it; opaque.' });

/** Known values that a newer gateway may add to: readers keep what they do not know. */
export function openEnum<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.union([z.enum(values), z.string().min(1)]);
}
