import type { Awaitable } from './store.ts';

/** The digests and signatures that the engine needs. */
export interface Crypto {
  sha256(data: string | Uint8Array): Uint8Array;
  /** The SHA-256 of a text, in base64url: many times a second, and without the bytes between. */
  digest(text: string): string;
  /** HMAC-SHA-256 under a key, in base64url. */
  macWith(key: Uint8Array): (text: string) => string;
  /**
   * AES-256 under a key of 32 bytes: encrypts each block of 16 bytes by itself. Only for what is no longer than a block; of anything
   * longer it would show which blocks are alike.
   */
  blockCipher(key: Uint8Array): (blocks: Uint8Array) => Uint8Array;
  /** Whether `signature` is the Ed25519 signature of `message` under the key whose DER is given. Never throws. */
  verify(keyDer: Uint8Array, message: string, signature: Uint8Array): Awaitable<boolean>;
}

/** The identity that a gateway proves: its Ed25519 key. Processes behind one address share it. */
export interface Signer {
  /** The wire form of the public key. */
  readonly publicKey: string;
  sign(message: string): Awaitable<Uint8Array>;
}
