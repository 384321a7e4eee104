import * as z from 'zod/mini';
import * as core from 'zod/v4/core';
import { meta } from '../define/meta.ts';
import { MAX_CURSOR_LENGTH } from '../tables/limits.ts';

/** A string that is never empty. */
export const Text = z.string().check(z.minLength(1));

// Not `z.iso.datetime()`: with the namespace `z.iso`, a bundle gets every format of it.
export const Timestamp = core
  ._isoDateTime(z.ZodMiniISODateTime)
  .apply(meta, { id: 'Timestamp', description: 'ISO 8601 in UTC, with a trailing Z.' });
export type Timestamp = z.infer<typeof Timestamp>;

/** Any JSON value. */
export const Json = z.unknown().apply(meta, { id: 'Json', description: 'Any JSON value.', 'x-any': true });

export const Metadata = z
  .record(z.string(), z.unknown())
  .apply(meta, { id: 'Metadata', description: 'Free-form; relayed and never interpreted.', 'x-any': true });

export const Cursor = z.string().check(z.minLength(1), z.maxLength(MAX_CURSOR_LENGTH)).apply(meta, {
  id: 'Cursor',
  description: 'A place in the event log, opaque: a peer stores it and sends it back, nothing more.',
});

export const DeviceId = z
  .string()
  .check(z.regex(/^dev_[a-z2-7]{52}$/))
  .apply(meta, { id: 'DeviceId', description: '`dev_` and the base32 SHA-256 of the device key.' });

export const Sha256 = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{43}$/))
  .apply(meta, { id: 'Sha256', description: 'A SHA-256 digest, base64url without padding.' });

/** Page size of a list. */
export function limit(maximum: number) {
  return z
    .optional(z.int().check(z.gte(1), z.lte(maximum)))
    .apply(meta, { description: `How many at the most; ${maximum} is the bound.` });
}

/** Where the next page of a list begins, as the page before it said. */
export const PageCursor = z
  .string()
  .check(z.minLength(1), z.maxLength(512))
  .apply(meta, { id: 'PageCursor', description: 'As `next_cursor` of the page before said it; opaque.' });

/** Known values that a newer gateway may add to: readers keep what they do not know. */
export function openEnum<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.union([z.enum(values), z.string().check(z.minLength(1))]);
}
