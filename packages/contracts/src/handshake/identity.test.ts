import { createHash, type createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toBase64Url } from '../runtime/base64url.ts';
import { deviceIdFrom, gatewayIdFrom, publicKeyDer, publicKeyText } from './identity.ts';

const der = (key: ReturnType<typeof createPublicKey>) => key.export({ format: 'der', type: 'spki' });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

const ed25519 = generateKeyPairSync('ed25519').publicKey;
const text = toBase64Url(der(ed25519));

describe('a public key on the wire', () => {
  it('is read back to the DER that a key has [HS-11]', () => {
    expect(text).toHaveLength(59);
    expect(publicKeyDer(text)).toEqual(new Uint8Array(der(ed25519)));
  });

  it('is written from the 32 raw bytes', () => {
    const { x } = ed25519.export({ format: 'jwk' });

    expect(publicKeyText(Buffer.from(x ?? '', 'base64url'))).toBe(text);
  });

  it.each([
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
    ['X25519', generateKeyPairSync('x25519').publicKey],
    ['Ed448', generateKeyPairSync('ed448').publicKey],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey],
  ])('is not one of %s [HS-11]', (_type, key) => {
    expect(publicKeyDer(toBase64Url(der(key)))).toBeUndefined();
  });

  it('is not one whose length fits and whose algorithm does not [HS-11]', () => {
    const x25519 = der(generateKeyPairSync('x25519').publicKey);

    expect(x25519).toHaveLength(44);
    expect(publicKeyDer(toBase64Url(x25519))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['padding', `${text}=`],
    ['stray bits at the end', `${text.slice(0, -1)}${nextCharacter(text)}`],
    ['one character more', `${text}A`],
    ['one character less', text.slice(0, -1)],
    ['a space inside', `${text.slice(0, 20)} ${text.slice(21)}`],
    ['the 32 raw bytes alone', text.slice(16)],
    ['plain base64', `${text.slice(0, 20)}+${text.slice(21)}`],
    ['another prefix', `N${text.slice(1)}`],
  ])('is not %s [HS-12]', (_what, wrong) => {
    expect(wrong).not.toBe(text);
    expect(publicKeyDer(wrong)).toBeUndefined();
  });
});

describe('an id made from a key', () => {
  // The key of the seed 00 01 … 1f, as in the sample session of docs/protocol.md.
  const pubkey = 'MCowBQYDK2VwAyEAA6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg';

  it('is dev_ and 52 characters of base32 [HS-13]', () => {
    expect(deviceIdFrom(sha256(publicKeyDer(pubkey) as Uint8Array))).toBe(
      'dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq',
    );
  });

  it('is gw_ and the same for a gateway [RV-13]', () => {
    const gateway = publicKeyDer('MCowBQYDK2VwAyEAKay64UG8yvCyLhqU000LxzYeUm0L_hLIl5S8kyKWbdc') as Uint8Array;

    expect(gatewayIdFrom(sha256(gateway))).toBe('gw_qjgitkuo7ok67e3ctncrswmrfhfm4sw2zgtbqdnlumoo5va6z3ta');
  });
});

/** The last character with its two unused bits set. */
function nextCharacter(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(encoded.slice(-1)) + 1);
}
