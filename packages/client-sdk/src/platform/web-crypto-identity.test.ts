import { readFileSync } from 'node:fs';
import { fromBase64Url, publicKeyDer } from '@tyrum/contracts';
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

interface SignatureCase {
  readonly name: string;
  readonly pubkey: string;
  readonly message: string;
  readonly signature: string;
  readonly is: 'valid' | 'invalid' | 'malformed';
}

interface TranscriptCase {
  readonly name: string;
  readonly signer: 'device' | 'gateway';
  readonly transcript: string;
  readonly signature: string;
  readonly wrong: readonly { readonly why: string; readonly signature: string }[];
}

const { accepted: keys } = vectors<{ accepted: { private_key_hex: string; pubkey: string; device_id: string }[] }>(
  'identity',
);

describe('WebCrypto and the vectors of the contract', () => {
  test.each(vectors<{ cases: SignatureCase[] }>('signatures').cases)(
    'a signature is believed only where it is valid: $name [HS-18]',
    async ({ pubkey, message, signature, is }) => {
      expect(await believes(pubkey, message, signature)).toBe(is === 'valid');
    },
  );

  test.each(vectors<{ cases: TranscriptCase[] }>('transcripts').cases)(
    'a transcript is signed and believed as another implementation does: $name [HS-17]',
    async ({ signer, transcript, signature, wrong }) => {
      const key = keys[signer === 'device' ? 0 : 1];
      const identity = await createWebCryptoIdentity({
        keys: keyPairOf(key?.private_key_hex ?? '', key?.pubkey ?? ''),
      });

      expect([identity.publicKey, identity.deviceId]).toEqual([key?.pubkey, key?.device_id]);
      expect(Buffer.from(await identity.sign(transcript)).toString('base64url')).toBe(signature);
      expect(await believes(identity.publicKey, transcript, signature)).toBe(true);
      for (const { why, signature } of wrong) {
        expect(await believes(identity.publicKey, transcript, signature), why).toBe(false);
      }
    },
  );
});

function vectors<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../../contracts/vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** What the handshake asks of a proof: that it is base64url, and a signature by the key. */
async function believes(pubkey: string, message: string, signature: string): Promise<boolean> {
  const bytes = fromBase64Url(signature);
  const der = publicKeyDer(pubkey) ?? new Uint8Array();
  return bytes !== undefined && createWebCrypto().verify(der, new TextEncoder().encode(message), bytes);
}

/** A store that has the pair of a private key. */
function keyPairOf(privateKeyHex: string, pubkey: string): KeyPairStore {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${privateKeyHex}`, 'hex');
  return {
    load: async () => ({
      privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
      publicKey: await crypto.subtle.importKey('spki', Buffer.from(pubkey, 'base64url'), 'Ed25519', true, ['verify']),
    }),
    keep: async (pair) => pair,
  };
}
