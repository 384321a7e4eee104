const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
/** The value of each character by its code; what is in no alphabet has one that is too large. */
const NO_VALUE = 64;
const VALUES = new Uint8Array(128).fill(NO_VALUE);
CODES.forEach((code, value) => {
  VALUES[code] = value;
});
/** How many bytes are written in one call: so many arguments any engine takes. */
const BYTES_AT_ONCE = 3072;

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  if (bytes.length <= BYTES_AT_ONCE) return textOf(bytes);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_AT_ONCE) parts.push(textOf(bytes.subarray(at, at + BYTES_AT_ONCE)));
  return parts.join('');
}

function textOf(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    codes.push(CODES[group >> 18] as number, CODES[(group >> 12) & 63] as number);
    if (left > 1) codes.push(CODES[(group >> 6) & 63] as number);
    if (left > 2) codes.push(CODES[group & 63] as number);
  }
  // Made at once: a text that grows by a character at a time is kept in as many pieces.
  return String.fromCharCode(...codes);
}

/** The bytes behind base64url text, or `undefined` when it is not the one canonical encoding of them. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = VALUES[text.charCodeAt(at)] ?? NO_VALUE;
    if (value === NO_VALUE) return undefined;
    buffer = (buffer << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (buffer >> bits) & 0xff;
      buffer &= (1 << bits) - 1;
    }
  }
  return text.length % 4 === 1 || buffer !== 0 ? undefined : bytes;
}
