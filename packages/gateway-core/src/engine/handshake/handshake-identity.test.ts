import { generateKeyPairSync } from 'node:crypto';
import { toBase64Url } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createDevice, sha256Text } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, type DialOptions, endWorlds } from '../../testing/probe-world.ts';
import type { Introduction } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const device = createDevice();
const otherDevice = createDevice();

async function introduce(introduction: Introduction, dialling: DialOptions = {}) {
  const world = await createWorld();
  const peer = world.dial({ device, ...dialling });
  peer.introduce(introduction);
  await settle();
  return { world, peer };
}

function keyOfAnotherKind(): string {
  return toBase64Url(generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }));
}

describe('a device key', () => {
  it.each([
    ['is of another kind', keyOfAnotherKind()],
    [
      'is an RSA key',
      toBase64Url(
        generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' }),
      ),
    ],
    ['is empty', ''],
    ['is the raw 32 bytes', 'A'.repeat(43)],
    ['has one byte more', `${device.pubkey}AA`],
  ])('that %s closes with 4006 [HS-11]', async (_what, pubkey) => {
    const { peer } = await introduce({ revision: 2, payload: { device: { device_id: device.id, pubkey } } });

    expect(peer.closeCode).toBe(4006);
    expect(peer.frames).toEqual([]);
  });

  it('that is wrong closes with 4006 also where the device id is missing [HS-11]', async () => {
    const { peer } = await introduce({ revision: 2, payload: { device: { pubkey: 'nonsense' } } });

    expect(peer.closeCode).toBe(4006);
  });

  it.each([
    ['padding', (key: string) => `${key}=`],
    ['the other alphabet', (key: string) => key.replace(/^./, '+')],
    ['stray bits', (key: string) => key.slice(0, -1) + strayBits(key)],
    ['white space', (key: string) => ` ${key}`],
  ])('that is encoded with %s closes with 4006 [HS-12]', async (_what, change) => {
    const { peer } = await introduce({
      revision: 2,
      payload: { device: { device_id: device.id, pubkey: change(device.pubkey) } },
    });

    expect(peer.closeCode).toBe(4006);
  });

  it.each([
    ['of another key', otherDevice.id],
    ['in upper case', device.id.toUpperCase()],
    ['without its prefix', device.id.slice(4)],
    ['cut', device.id.slice(0, -1)],
    ['empty', ''],
  ])('with a device id %s closes with 4006 [HS-13]', async (_what, device_id) => {
    const { peer } = await introduce({ revision: 2, payload: { device: { device_id, pubkey: device.pubkey } } });

    expect(peer.closeCode).toBe(4006);
  });

  it('closes with 4006 at revision 3 too, without an error response [HS-9] [HS-13]', async () => {
    const { peer } = await introduce({ payload: { device: { device_id: otherDevice.id, pubkey: device.pubkey } } });

    expect(peer.closeCode).toBe(4006);
    expect(peer.frames).toEqual([]);
  });

  it('makes the id `dev_` and base32 of its SHA-256 [HS-13]', () => {
    expect(device.id).toMatch(/^dev_[a-z2-7]{52}$/);
    expect(device.id).not.toBe(otherDevice.id);
    expect(sha256Text('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  });
});

describe('a capability', () => {
  it.each([
    ['has one part', { id: 'shell' }],
    ['is in upper case', { id: 'Shell.run' }],
    ['ends in a dash', { id: 'shell.run-' }],
    ['has an empty part', { id: 'shell..run' }],
    ['has a version of two parts', { id: 'shell.run', version: '1.0' }],
    ['has a version with a letter', { id: 'shell.run', version: '1.0.0a' }],
    ['has a key too many', { id: 'shell.run', level: 1 } as { id: string }],
  ])('that %s closes with 4003 [HS-10]', async (_what, capability) => {
    const { peer } = await introduce({ revision: 2, role: 'node', capabilities: [capability] });

    expect(peer.closeCode).toBe(4003);
  });

  it('has the version 1.0.0 when it names none, and a peer that names none has none [HS-10]', async () => {
    const world = await createWorld();
    await world.connect({ role: 'node', capabilities: [{ id: 'shell.run' }, { id: 'a-b.c-d.e', version: '12.0.3' }] });
    await world.connect({ role: 'node' });

    expect([...world.gateway.peers.all()].map(({ capabilities }) => capabilities)).toEqual([
      [
        { id: 'shell.run', version: '1.0.0' },
        { id: 'a-b.c-d.e', version: '12.0.3' },
      ],
      [],
    ]);
  });
});

describe('a token', () => {
  it.each([2, 3] as const)(
    'that does not allow the role closes with 4001 at revision %i [HS-14] [HS-9]',
    async (revision) => {
      const { peer } = await introduce({ revision, role: 'node' }, { grant: { roles: ['client'] } });

      expect(peer.closeCode).toBe(4001);
      expect(peer.frames).toEqual([]);
    },
  );

  it.each([2, 3] as const)(
    'that is bound to another device closes with 4008 at revision %i [HS-15] [HS-9]',
    async (revision) => {
      const { peer } = await introduce({ revision }, { grant: { deviceId: otherDevice.id } });

      expect(peer.closeCode).toBe(4008);
      expect(peer.frames).toEqual([]);
    },
  );

  it('that is bound to this device is accepted, and the peer counts as bound [HS-15]', async () => {
    const world = await createWorld();
    await world.connect({ device, grant: { deviceId: device.id } });
    await world.connect({ device: otherDevice });

    expect([...world.gateway.peers.all()].map(({ deviceBound }) => deviceBound)).toEqual([true, false]);
  });
});

function strayBits(key: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(key.slice(-1)) + 1);
}
