import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
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

  it('encrypts each block by itself, as FIPS 197 has it in its third example, however often it is asked', () => {
    const encrypt = crypto.blockCipher(Uint8Array.from({ length: 32 }, (_, at) => at));
    const block = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    const image = '8ea2b7ca516745bfeafc49904b496089';

    expect(Buffer.from(encrypt(block)).toString('hex')).toBe(image);
    expect(Buffer.from(encrypt(Buffer.concat([block, block]))).toString('hex')).toBe(image + image);
  });

  it('digests a text and its bytes to the same', async () => {
    await fc.assert(
      fc.property(text, (one) => {
        expect(crypto.digest(one)).toBe(createHash('sha256').update(one).digest('base64url'));
        expect(crypto.digest(one)).toBe(Buffer.from(crypto.sha256(Buffer.from(one))).toString('base64url'));
      }),
    );
  });

  it('takes a signature of the text under the key, and no other', async () => {
    const [device, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    const der = derOf(device.publicKey);
    const verifies = (key: Uint8Array, message: string) =>
      crypto.verify(key, message, sign(null, Buffer.from('a proof'), device.privateKey));

    // Twice, because the key is kept after the first time.
    expect([await verifies(der, 'a proof'), await verifies(der, 'a proof')]).toEqual([true, true]);
    expect(await verifies(der, 'another')).toBe(false);
    expect(await verifies(derOf(other.publicKey), 'a proof')).toBe(false);
  });

  it('takes no signature under anything but an Ed25519 key in DER, and never throws', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const der = derOf(publicKey);
    const signature = sign(null, Buffer.from('a proof'), privateKey);
    const sameBytesForX25519 = Buffer.concat([
      derOf(generateKeyPairSync('x25519').publicKey).subarray(0, 12),
      der.subarray(12),
    ]);
    const keys = [sameBytesForX25519, der.subarray(1), der.subarray(12), Buffer.concat([der, der]), Buffer.alloc(0)];

    for (const key of keys) expect(await crypto.verify(key, 'a proof', signature)).toBe(false);
    expect(await crypto.verify(der, 'a proof', signature.subarray(1))).toBe(false);
  });
});

function derOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}
