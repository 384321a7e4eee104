import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from './node-crypto.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '"', '\0'), maxLength: 400 });

describe('the crypto on Node.js', () => {
  const crypto = nodeCrypto();

  it('writes the HMAC that RFC 2104 defines, whatever the length of the key and of the text', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.array(text), (key, texts) => {
        const macOf = crypto.macWith(key);
        // One after another: what was left of a longer text is no part of the next.
        for (const one of texts) expect(macOf(one)).toBe(createHmac('sha256', key).update(one).digest('base64url'));
      }),
    );
  });

  it('digests a text and its bytes to the same', async () => {
    await fc.assert(
      fc.property(text, (one) => {
        expect(crypto.digest(one)).toBe(createHash('sha256').update(one).digest('base64url'));
        expect(crypto.digest(one)).toBe(Buffer.from(crypto.sha256(Buffer.from(one))).toString('base64url'));
      }),
    );
  });
});
