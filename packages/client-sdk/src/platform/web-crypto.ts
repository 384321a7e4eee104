import { ClientError } from '../client-error.ts';
import type { ClientCrypto } from '../ports/crypto.ts';

/** The platform's WebCrypto: browsers, Node.js, Deno, workers. */
export function createWebCrypto(): ClientCrypto {
  return {
    sha256: async (data) => new Uint8Array(await subtleCrypto().digest('SHA-256', bufferOf(data))),
    async verify(publicKeyDer, message, signature) {
      const subtle = subtleCrypto();
      try {
        const key = await subtle.importKey('spki', bufferOf(publicKeyDer), 'Ed25519', false, ['verify']);
        return await subtle.verify('Ed25519', key, bufferOf(signature), bufferOf(message));
      } catch (error) {
        // A key or signature that cannot even be read proves nothing; a runtime without Ed25519 is another matter.
        if (error instanceof Error && error.name === 'NotSupportedError') throw withoutEd25519(error);
        return false;
      }
    },
  };
}

/** @throws {ClientError} `bad_configuration` where the page is not served securely or the runtime has no WebCrypto. */
export function subtleCrypto(): SubtleCrypto {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new ClientError('bad_configuration', 'WebCrypto is missing here: serve the page over HTTPS, or pass crypto', {
      mustChange: 'client',
    });
  }
  return subtle;
}

export function withoutEd25519(cause: unknown): ClientError {
  return new ClientError('bad_configuration', 'this runtime has no Ed25519 in WebCrypto; pass crypto and identity', {
    mustChange: 'client',
    cause,
  });
}

/** WebCrypto takes no view of shared memory, and its types say so. */
export function bufferOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
