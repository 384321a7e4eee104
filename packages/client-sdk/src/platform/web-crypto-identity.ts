import { createIdentity, type Identity } from '../ports/identity.ts';
import { createIndexedDbKeys } from './indexed-db-keys.ts';
import { bufferOf, createWebCrypto, subtleCrypto, withoutEd25519 } from './web-crypto.ts';

/** Where a browser keeps a key pair that cannot be exported. */
export interface KeyPairStore {
  load(): Promise<CryptoKeyPair | undefined>;
  /** Keeps the pair unless there is one already, and resolves with the one that is kept. */
  keep(pair: CryptoKeyPair): Promise<CryptoKeyPair>;
}

/**
 * The identity of this browser: made on first use, then the same for the origin until its data is cleared. The private key
 * cannot be exported, not even by the page.
 *
 * @throws {ClientError} `bad_configuration` without WebCrypto or without Ed25519 in it.
 */
export async function createWebCryptoIdentity(
  options: { readonly name?: string; readonly keys?: KeyPairStore } = {},
): Promise<Identity> {
  const keys = options.keys ?? createIndexedDbKeys(options.name ?? 'tyrum-identity');
  return identityOf((await keys.load()) ?? (await keys.keep(await generatePair())));
}

/** A new identity that lives as long as the process: for tests and for programs that need not be recognised again. */
export async function generateIdentity(): Promise<Identity> {
  return identityOf(await generatePair());
}

async function generatePair(): Promise<CryptoKeyPair> {
  const subtle = subtleCrypto();
  try {
    return (await subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
  } catch (error) {
    throw withoutEd25519(error);
  }
}

async function identityOf({ publicKey, privateKey }: CryptoKeyPair): Promise<Identity> {
  const subtle = subtleCrypto();
  return createIdentity({
    publicKeyRaw: new Uint8Array(await subtle.exportKey('raw', publicKey)),
    sign: async (text) =>
      new Uint8Array(await subtle.sign('Ed25519', privateKey, bufferOf(new TextEncoder().encode(text)))),
    crypto: createWebCrypto(),
  });
}
