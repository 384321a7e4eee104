import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from './node-crypto.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '"', '\0'), maxLength: 400 });

describe('the crypto on Node.js', () => {
  const crypto = nodeCrypto();

  it('writes the MAC that RFC 4231 has in its second case', () => {
    const macOf = crypto.macWith(Buffer.from('Jefe'));

    expect(Buffer.from(macOf('what do ya want for nothing?'), 'base64url').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
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
