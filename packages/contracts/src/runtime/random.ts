import { toBase64Url } from './base64url.ts';

/** Randomness, so that a simulation can replay it from a seed. */
export interface Random {
  /** Unpredictable bytes. */
  bytes(count: number): Uint8Array;
}

interface WebCrypto {
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
}

/** The randomness of the platform, fit for secrets. */
export function systemRandom(): Random {
  const { crypto } = globalThis as unknown as WebCrypto;
  return { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
}

/** A random UUID, version 4 (RFC 9562). */
export function randomUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  let hex = '';
  for (const byte of bytes) hex += (byte | 0x100).toString(16).slice(1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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
