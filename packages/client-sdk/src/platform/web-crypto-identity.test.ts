import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { syncCrypto } from '../../test/keys.ts';
import { createWorld } from '../../test/world.ts';
import { createWebCrypto, createWebCryptoIdentity, generateIdentity, type KeyPairStore } from '../index.ts';

/** One place for a key pair, as IndexedDB is for an origin. */
function keyPlace(): KeyPairStore & { readonly kept: CryptoKeyPair | undefined } {
  let kept: CryptoKeyPair | undefined;
  return {
    load: async () => kept,
    async keep(pair) {
      kept ??= pair;
      return kept;
    },
    get kept() {
      return kept;
    },
  };
}

describe('an identity in WebCrypto', () => {
  test('is made on first use and the same from then on, and its private key cannot leave', async () => {
    const keys = keyPlace();

    const [first, racing] = await Promise.all([createWebCryptoIdentity({ keys }), createWebCryptoIdentity({ keys })]);
    const second = await createWebCryptoIdentity({ keys });

    expect(new Set([first, racing, second].map(({ deviceId }) => deviceId)).size).toBe(1);
    expect(keys.kept?.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('pkcs8', keys.kept?.privateKey as CryptoKey)).rejects.toThrow();
  });

  test('proves itself in a handshake, and the gateway too, with nothing but WebCrypto', async () => {
    const { client } = await createWorld({ identity: await generateIdentity(), crypto: createWebCrypto() });

    expect(await client.connect()).toMatchObject({ status: 'open', revision: 3 });
  });

  test('is told to be impossible where there is no WebCrypto', async () => {
    vi.stubGlobal('crypto', undefined);
    onTestFinished(() => void vi.unstubAllGlobals());

    await expect(generateIdentity()).rejects.toMatchObject({
      code: 'bad_configuration',
      message: expect.stringContaining('HTTPS'),
    });
  });

  test('is told to be impossible where WebCrypto has no Ed25519', async () => {
    const unsupported = Object.assign(new Error('Unrecognized name'), { name: 'NotSupportedError' });
    const spy = vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValueOnce(unsupported);
    onTestFinished(() => spy.mockRestore());

    await expect(generateIdentity()).rejects.toMatchObject({
      code: 'bad_configuration',
      message: expect.stringContaining('Ed25519'),
    });
  });

  test('is told to be impossible where there is no IndexedDB to keep it', async () => {
    await expect(createWebCryptoIdentity()).rejects.toMatchObject({
      code: 'bad_configuration',
      message: expect.stringContaining('IndexedDB'),
    });
  });
});

describe('WebCrypto', () => {
  test('agrees with another implementation on digests and signatures', async () => {
    const web = createWebCrypto();
    const identity = await generateIdentity();
    const der = Buffer.from(identity.publicKey, 'base64url');
    const text = new TextEncoder().encode('tökén');
    const signature = await identity.sign('tökén');
    const forged = new Uint8Array(signature);
    forged[0] = (forged[0] ?? 0) ^ 1;

    expect(await web.sha256(text)).toEqual(await syncCrypto.sha256(text));
    expect(await syncCrypto.verify(der, text, signature)).toBe(true);
    expect(await web.verify(der, text, signature)).toBe(true);
    expect(await web.verify(der, text, forged)).toBe(false);
    expect(await web.verify(der, text, new Uint8Array(3))).toBe(false);
    expect(await web.verify(new Uint8Array(44), text, signature)).toBe(false);
  });
});
