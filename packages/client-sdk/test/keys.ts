import { createHash, createPrivateKey, createPublicKey, sign as signWith, verify as verifyWith } from 'node:crypto';
import { fromBase64Url, gatewayIdFrom, publicKeyText } from '@tyrum/contracts';
import type { ClientCrypto, Identity } from '../src/index.ts';
import { createIdentity } from '../src/index.ts';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key pair whose seed is 32 ascending bytes from `first` on. */
export function keyPairFrom(first: number) {
  const seed = Buffer.from(Array.from({ length: 32 }, (_, at) => (first + at) & 0xff));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12);
  return {
    raw: new Uint8Array(raw),
    pubkey: publicKeyText(raw),
    sign: (text: string) => new Uint8Array(signWith(null, Buffer.from(text), privateKey)),
  };
}

/** Real digests and signatures, at once, so that tests under a manual clock need no thread. */
export const syncCrypto: ClientCrypto = {
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
  verify(der, message, signature) {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return verifyWith(null, message, key, signature);
  },
};

export function deviceIdentity(first = 0): Promise<Identity> {
  const pair = keyPairFrom(first);
  return createIdentity({ publicKeyRaw: pair.raw, sign: pair.sign, crypto: syncCrypto });
}

/** The identity of a gateway. */
export function gatewayKey(first = 32) {
  const pair = keyPairFrom(first);
  const der = fromBase64Url(pair.pubkey) as Uint8Array;
  const id = gatewayIdFrom(new Uint8Array(createHash('sha256').update(der).digest()));
  return { ...pair, id };
}
