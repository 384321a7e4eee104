import { toBase32 } from '../runtime/base32.ts';
import { fromBase64Url, toBase64Url } from '../runtime/base64url.ts';

/** What every Ed25519 SubjectPublicKeyInfo in DER begins with (RFC 8410, section 4); the 32 bytes of the key follow. */
const ED25519_DER_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/**
 * The DER bytes of a public key in its one wire form, or `undefined` for anything else: another key type, another length,
 * padding, a non-canonical encoding.
 */
export function publicKeyDer(pubkey: string): Uint8Array | undefined {
  if (pubkey.length !== 59) return undefined;
  const der = fromBase64Url(pubkey);
  if (der === undefined || der.length !== 44) return undefined;
  return ED25519_DER_PREFIX.every((byte, at) => der[at] === byte) ? der : undefined;
}

/** The wire form of an Ed25519 public key from its 32 raw bytes. */
export function publicKeyText(raw: Uint8Array): string {
  const der = new Uint8Array(44);
  der.set(ED25519_DER_PREFIX);
  der.set(raw, ED25519_DER_PREFIX.length);
  return toBase64Url(der);
}

/** The id of a device from the SHA-256 of its key's DER. */
export function deviceIdFrom(derSha256: Uint8Array): string {
  return `dev_${toBase32(derSha256)}`;
}

/** The id of a gateway from the SHA-256 of its key's DER. */
export function gatewayIdFrom(derSha256: Uint8Array): string {
  return `gw_${toBase32(derSha256)}`;
}
