const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  const characters: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    characters.push(ALPHABET.charAt(group >> 18), ALPHABET.charAt((group >> 12) & 63));
    if (left > 1) characters.push(ALPHABET.charAt((group >> 6) & 63));
    if (left > 2) characters.push(ALPHABET.charAt(group & 63));
  }
  // Joined at once: a text that grows by a character at a time is kept in as many pieces.
  return characters.join('');
}

/** The bytes behind base64url text, or `undefined` when it is not the one canonical encoding of them. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let length = 0;
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) return undefined;
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
