import { hash } from 'node:crypto';
import { deviceIdFrom, publicKeyDer, publicKeyText } from '@tyrum/contracts';
import type { Prng } from './prng.ts';

/**
 * Signatures without their price: one binds a key and a message as Ed25519 does, but whoever knows the public key can make it.
 * Nobody in a simulated world forges; what is tested is that each side signs and checks the right text.
 */
function signWith(publicKeyRaw: Uint8Array, message: string | Uint8Array): Uint8Array {
  return hash('sha512', Buffer.concat([publicKeyRaw, Buffer.from(message)]), 'buffer');
}

/** Synchronous digests and checks, for the gateway and the client alike. */
export const simulatedCrypto = {
  sha256: (data: string | Uint8Array): Uint8Array => hash('sha256', data, 'buffer'),
  digest: (text: string): string => hash('sha256', text, 'base64url'),
  // Half of an HMAC: enough where nobody extends a message.
  macWith: (key: Uint8Array) => (text: string) => hash('sha256', Buffer.concat([key, Buffer.from(text)]), 'base64url'),
  // No cipher: nobody decrypts.
  blockCipher: (key: Uint8Array) => (blocks: Uint8Array) => {
    const count = blocks.length / 16;
    const imageOf = (at: number) => hash('sha256', Buffer.concat([key, blocks.subarray(at, at + 16)]), 'buffer');
    return Buffer.concat(Array.from({ length: count }, (_, index) => imageOf(index * 16).subarray(0, 16)));
  },
  verify(keyDer: Uint8Array, message: string | Uint8Array, signature: Uint8Array): boolean {
    return Buffer.compare(signWith(keyDer.subarray(-32), message), signature) === 0;
  },
};

/** A key pair of a gateway or a device. */
export interface KeyPair {
  /** As the wire has it. */
  readonly publicKey: string;
  /** `dev_…` of the key. */
  readonly deviceId: string;
  sign(message: string): Uint8Array;
}

export function createKeyPair(random: Prng): KeyPair {
  const raw = random.bytes(32);
  const publicKey = publicKeyText(raw);
  const der = publicKeyDer(publicKey) as Uint8Array;
  return {
    publicKey,
    deviceId: deviceIdFrom(simulatedCrypto.sha256(der)),
    sign: (message) => signWith(raw, message),
  };
}
