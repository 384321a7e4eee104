import type { Random } from '@tyrum/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nodeSigner } from '../../ports/node-crypto.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createDevice, createGatewaySigner } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createProbeDomain, createProbeTokens } from '../../testing/probe-domain.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';
import { createRawPeer } from '../../testing/raw-peer.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import { startGateway } from '../start-gateway.ts';

afterEach(endWorlds);

describe('a token and a private key', () => {
  it('get into no log line, no frame and no close reason, whatever goes wrong [SEC-2]', async () => {
    let broken = false;
    const world = await createWorld({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const token = world.tokens.issue({ roles: ['client'] });
    const bound = world.tokens.issue({ deviceId: 'dev_other' });
    const dialled = [
      world.dial({ token: `${token}x` }),
      world.dial({ token }),
      world.dial({ token: bound }),
      world.dial({ token }),
    ];
    dialled[1]?.introduce({ role: 'node' });
    dialled[2]?.introduce();
    dialled[3]?.sendText(token);
    await settle();
    const peer = await world.connect({ token });
    await world.ask(peer, 'note.write', { id: 'a', text: 'throw' });
    await world.ask(peer, 'note.orphan', { id: 'a' });
    peer.sendText(`not JSON ${token}`);
    broken = true;
    await world.ask(peer, 'note.write', { id: 'a', text: 'x' });
    await world.connect({ token }).catch(() => {});
    broken = false;
    world.tokens.change(token, undefined);
    await settle();

    const secrets = [token, bound, world.privateKeyPem, world.privateKeyPem.split('\n')[1] ?? ''];
    const told = JSON.stringify([world.logs, [...dialled, peer].map(({ channel }) => [channel.sent, channel.closing])]);
    expect(world.logs.length).toBeGreaterThan(2);
    expect([...dialled, peer].map(({ closeCode }) => closeCode)).toEqual([4001, 4001, 4008, 4003, 4001]);
    for (const secret of secrets) expect(told).not.toContain(secret);
  });
});

describe('what nobody may guess', () => {
  /** A gateway on a source of randomness, and one connection to it. */
  async function connected(random: Random | undefined) {
    const { privateKeyPem } = createGatewaySigner();
    const tokens = createProbeTokens();
    const gateway = await startGateway(
      // The handlers of the probe contract are the domain's.
      {
        store: createMemoryStore(),
        signer: nodeSigner(privateKeyPem),
        contract: probe,
        handlers: {} as never,
        ...(random && { random }),
      },
      (services) => createProbeDomain(services, { tokens }),
    );
    const peer = createRawPeer({
      accept: (channel) => gateway.accept(channel, { token: tokens.issue() }),
      contractHash: probe.hashes[3] ?? '',
      device: createDevice(),
    });
    await settle();
    peer.introduce();
    await settle();
    await gateway.close();
    return peer.last.result ?? {};
  }

  it('is drawn from the source of randomness that was handed in, and from nothing else [SEC-3]', async () => {
    const [one, same, other] = [
      await connected(createSeededRandom(1)),
      await connected(createSeededRandom(1)),
      await connected(createSeededRandom(2)),
    ];

    expect([same.connection_id, same.challenge]).toEqual([one.connection_id, one.challenge]);
    expect(other.challenge).not.toBe(one.challenge);
  });

  it('is drawn from the generator of the platform where none was handed in [SEC-3] [HS-16]', async () => {
    const drawn: Buffer[] = [];
    const draw = globalThis.crypto.getRandomValues.bind(globalThis.crypto);
    const draws = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((bytes) => {
      draw(bytes);
      drawn.push(Buffer.from(bytes as Uint8Array));
      return bytes;
    });
    try {
      const { connection_id, challenge } = await connected(undefined);

      // The platform is asked for more than one of them at a time.
      const holds = (bytes: Buffer) => drawn.some((block) => block.includes(bytes));
      expect(holds(Buffer.from(String(challenge), 'base64url'))).toBe(true);
      const id = String(connection_id).replaceAll('-', '');
      expect(holds(Buffer.from(id.slice(-12), 'hex'))).toBe(true);
    } finally {
      draws.mockRestore();
    }
  });
});
