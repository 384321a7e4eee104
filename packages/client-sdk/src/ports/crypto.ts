/** A value, or the promise of one. */
export type Awaitable<T> = T | Promise<T>;

/** The digests and checks of the handshake. A simulation brings synchronous ones. */
export interface ClientCrypto {
  sha256(data: Uint8Array): Awaitable<Uint8Array>;
  /** Whether `signature` is the Ed25519 signature of `message` under the key whose DER is given. Never throws. */
  verify(publicKeyDer: Uint8Array, message: Uint8Array, signature: Uint8Array): Awaitable<boolean>;
}
