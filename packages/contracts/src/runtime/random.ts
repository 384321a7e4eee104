import { toBase64Url } from './base64url.ts';

/** Randomness, so that a simulation can replay it from a seed. */
export interface Random {
  /** Unpredictable bytes. */
  bytes(count: number): Uint8Array;
}

interface WebCrypto {
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
}

/** Bytes asked of the platform at a time: to ask costs as much for a thousand as for one. */
const POOL_BYTES = 4096;

/** The randomness of the platform, fit for secrets. */
export function systemRandom(): Random {
  const { crypto } = globalThis as unknown as WebCrypto;
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return {
    bytes(count) {
      if (count > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(count));
      if (used + count > POOL_BYTES) {
        crypto.getRandomValues(pool);
        used = 0;
      }
      const bytes = pool.slice(used, used + count);
      // What was handed out may be a secret, and is nobody else's.
      pool.fill(0, used, used + count);
      used += count;
      return bytes;
    },
  };
}

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const DASH = '-'.charCodeAt(0);

/** A random UUID, version 4 (RFC 9562). */
export function randomUuid(random: Random): string {
  return uuidOf(random.bytes(16), 4);
}

/**
 * A UUID of version 7 (RFC 9562), which begins with the time: whoever keeps many in their order adds each beside the last one, and not
 * somewhere among all of them.
 *
 * @param now Unix milliseconds
 */
export function orderedUuid(random: Random, now: number): string {
  const bytes = random.bytes(16);
  let rest = Math.floor(now);
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return uuidOf(bytes, 7);
}

function uuidOf(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const codes: number[] = [];
  for (let at = 0; at < 16; at += 1) {
    if (at === 4 || at === 6 || at === 8 || at === 10) codes.push(DASH);
    const byte = bytes[at] as number;
    codes.push(HEX[byte >> 4] as number, HEX[byte & 15] as number);
  }
  // Made at once: a text put together from parts is kept in as many pieces, by everyone who keeps it.
  return String.fromCharCode(...codes);
}

/** Random text of `byteCount` bytes in base64url: challenges, nonces, secrets. */
export function randomText(random: Random, byteCount: number): string {
  return toBase64Url(random.bytes(byteCount));
}

/** A number in [0, 1). */
export function randomFraction(random: Random): number {
  const [a, b, c, d] = random.bytes(4) as unknown as [number, number, number, number];
  return (a * 0x1_00_00_00 + b * 0x1_00_00 + c * 0x1_00 + d) / 0x1_00_00_00_00;
}
