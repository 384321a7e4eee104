import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { deviceIdFrom, toBase64Url } from '@tyrum/contracts';
import type { Crypto, Signer } from '../ports/crypto.ts';
import { nodeCrypto, nodeSigner } from '../ports/node-crypto.ts';

/** A device with a real key, as a test plays it. */
export interface TestDevice {
  readonly id: string;
  /** The wire form of its public key. */
  readonly pubkey: string;
  /** The signature of a text, base64url. */
  sign(text: string): string;
}

export function createDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    id: deviceIdFrom(createHash('sha256').update(der).digest()),
    pubkey: toBase64Url(der),
    sign: (text) => toBase64Url(sign(null, Buffer.from(text), privateKey)),
  };
}

/** The crypto of Node.js without its thread pool, so that a test knows when all is done. */
export function inlineCrypto(): Crypto {
  return { ...nodeCrypto(), verify: (der, message, signature) => verifyText(der, message, signature) };
}

/** A gateway's key, and what a signature of it would be checked with. */
export function createGatewaySigner(): { readonly signer: Signer; readonly privateKeyPem: string } {
  const privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey;
  const privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const { publicKey } = nodeSigner(privateKeyPem);
  return { signer: { publicKey, sign: (message) => sign(null, Buffer.from(message), privateKey) }, privateKeyPem };
}

/** SHA-256 of a text's UTF-8 bytes, base64url. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** Whether a signature is that of a text under the Ed25519 key whose DER is given. */
export function verifyText(der: Uint8Array, text: string, signature: Uint8Array): boolean {
  const key = { key: Buffer.from(der), format: 'der', type: 'spki' } as const;
  return verify(null, Buffer.from(text), key, signature);
}
