import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyDer } from '@tyrum/contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyPairFrom } from '../../test/keys.ts';
import { loadIdentity } from '../node.ts';

async function keyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-identity-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('an identity in a file', () => {
  test('is made on first use, the same from then on, and readable by its owner alone', async () => {
    const path = join(await keyDirectory(), 'key.pem');

    const first = await loadIdentity(path);
    const second = await loadIdentity(path);

    expect(second.deviceId).toBe(first.deviceId);
    expect(first.deviceId).toMatch(/^dev_[a-z2-7]{52}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('signs with the key that it names', async () => {
    const identity = await loadIdentity(join(await keyDirectory(), 'key.pem'));
    const der = Buffer.from(publicKeyDer(identity.publicKey) as Uint8Array);

    const signature = await identity.sign('text');

    expect(
      verify(null, Buffer.from('text'), createPublicKey({ key: der, format: 'der', type: 'spki' }), signature),
    ).toBe(true);
  });

  test('is one when several processes begin at once, and leaves nothing else behind', async () => {
    const directory = await keyDirectory();
    const path = join(directory, 'key.pem');

    const identities = await Promise.all(Array.from({ length: 8 }, () => loadIdentity(path)));

    expect(new Set(identities.map(({ deviceId }) => deviceId)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['key.pem']);
  });

  test('is the one that its key gives', async () => {
    const path = join(await keyDirectory(), 'key.pem');
    // PKCS #8 of the key whose seed is 00 01 … 1f.
    const seed = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
    const body = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]).toString('base64');
    await writeFile(path, `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`, { mode: 0o600 });

    const identity = await loadIdentity(path);

    expect(identity.deviceId).toBe('dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq');
    expect(identity.publicKey).toBe('MCowBQYDK2VwAyEAA6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg');
    expect(new Uint8Array(await identity.sign('text'))).toEqual(keyPairFrom(0).sign('text'));
  });

  test.each([0o644, 0o640, 0o604, 0o660])(
    'is refused with the mode %o, and the message says what to do',
    async (mode) => {
      const path = join(await keyDirectory(), 'key.pem');
      await loadIdentity(path);
      await chmod(path, mode);

      await expect(loadIdentity(path)).rejects.toMatchObject({
        code: 'bad_configuration',
        mustChange: 'device',
        message: `identity file ${path} can be used by others (mode ${mode.toString(8).padStart(4, '0')}); run: chmod 600 ${path}`,
      });
    },
  );

  test.each([
    { what: 'no key', pem: () => 'hello', message: 'holds no private key in PEM' },
    {
      what: 'a key of another type',
      pem: () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ format: 'pem', type: 'pkcs8' })
          .toString(),
      message: 'holds a key of type ec, not ed25519',
    },
  ])('is refused where the file holds $what', async ({ pem, message }) => {
    const path = join(await keyDirectory(), 'key.pem');
    await writeFile(path, pem(), { mode: 0o600 });

    await expect(loadIdentity(path)).rejects.toThrow(message);
  });

  test('tells a directory that does not exist', async () => {
    await expect(loadIdentity(join(await keyDirectory(), 'none', 'key.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
