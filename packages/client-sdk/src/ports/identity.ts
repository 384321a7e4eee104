import { deviceIdFrom, publicKeyDer, publicKeyText } from '@tyrum/contracts/spoken';
import type { Awaitable, ClientCrypto } from './crypto.ts';

/** The device that a client proves to be: an Ed25519 key that never leaves its place. */
export interface Identity {
  /** `dev_…`, derived from the key. */
  readonly deviceId: string;
  /** The public key as the wire has it. */
  readonly publicKey: string;
  /** The 64-byte signature of the text in UTF-8. */
  sign(text: string): Awaitable<Uint8Array>;
}

/** An identity from the 32 raw bytes of a public key and the way to sign with its private half. */
export async function createIdentity(options: {
  readonly publicKeyRaw: Uint8Array;
  readonly sign: (text: string) => Awaitable<Uint8Array>;
  readonly crypto: Pick<ClientCrypto, 'sha256'>;
}): Promise<Identity> {
  const publicKey = publicKeyText(options.publicKeyRaw);
  const der = publicKeyDer(publicKey);
  if (der === undefined) throw new TypeError('publicKeyRaw: expected the 32 bytes of an Ed25519 public key');
  return { deviceId: deviceIdFrom(await options.crypto.sha256(der)), publicKey, sign: options.sign };
}
