import { tyrum } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createDevice, createGatewaySigner, inlineCrypto } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createProbeTokens } from '../../testing/probe-domain.ts';
import { createRawPeer } from '../../testing/raw-peer.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import { createGateway } from '../gateway.ts';

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

async function createOffice() {
  const clock = createManualClock();
  const store = createMemoryStore();
  const tokens = createProbeTokens();
  const gateway = await createGateway({
    store,
    clock,
    signer: createGatewaySigner().signer,
    crypto: inlineCrypto(),
    random: createSeededRandom(1),
    authenticator: tokens,
  });
  running.push(async () => {
    const closed = gateway.close();
    await rest();
    clock.advance(60_000);
    await closed;
  });

  return {
    gateway,
    tokens,
    clock,
    async knock(token: string | undefined) {
      const peer = createRawPeer({
        accept: (channel) => gateway.accept(channel, { token, remoteAddress: '192.0.2.7' }),
        contractHash: tyrum.hashes[3] ?? '',
        device: createDevice(),
      });
      await rest();
      return peer;
    },
    async connect(token: string) {
      const peer = await this.knock(token);
      peer.introduce({ revision: 3 });
      await settle();
      peer.prove();
      await rest();
      return peer;
    },
    async told(tenant: string, type: string) {
      const events = await store.log.read(tenant, 0, 1000);
      return events.filter((event) => event.type === type).map(({ payload }) => JSON.parse(payload));
    },
    /** All that a tenant's log holds, as text. */
    log: async (tenant: string) => JSON.stringify(await store.log.read(tenant, 0, 1000)),
  };
}

describe('somebody without a good token', () => {
  it('is told to the administrators of the house, with the address and without the token [AZ-14]', async () => {
    const office = await createOffice();

    await office.knock(undefined);
    await office.knock('a-token-that-nobody-knows');
    await office.gateway.call({ token: 'another-unknown-token', type: 'ping', text: '{}' });
    await rest();

    expect(await office.told('default', 'auth.failed')).toEqual([
      { surface: 'upgrade', reason: 'missing_token', transport: 'websocket', client_ip: '192.0.2.7' },
      { surface: 'upgrade', reason: 'invalid_token', transport: 'websocket', client_ip: '192.0.2.7' },
      { surface: 'rpc', reason: 'invalid_token', transport: 'http' },
    ]);
    expect(await office.log('default')).not.toMatch(/a-token-that-nobody-knows|another-unknown-token/);
  });

  it('is told to the tenant of the token where that is known, but does not fit the device [AZ-14]', async () => {
    const office = await createOffice();
    const token = office.tokens.issue({ tenant: 'acme', deviceId: createDevice().id });

    await office.connect(token);

    expect(await office.told('acme', 'auth.failed')).toMatchObject([
      { surface: 'handshake', reason: 'device_mismatch' },
    ]);
    expect(await office.told('default', 'auth.failed')).toEqual([]);
    expect(await office.log('acme')).not.toContain(token);
  });

  it('is told of at a bounded rate, however often it tries [AZ-14]', async () => {
    const office = await createOffice();

    for (let count = 0; count < 100; count += 1) await office.knock('a-token-that-nobody-knows');
    const burst = (await office.told('default', 'auth.failed')).length;
    office.clock.advance(10_000);
    for (let count = 0; count < 100; count += 1) await office.knock('a-token-that-nobody-knows');

    expect(burst).toBe(20);
    expect(await office.told('default', 'auth.failed')).toHaveLength(22);
  });
});

describe('somebody who asks for more than the token allows', () => {
  it('is told to the administrators of the tenant, and to nobody else [AZ-14]', async () => {
    const office = await createOffice();
    const token = office.tokens.issue({ tenant: 'acme', scopes: ['operator.read'] });
    const reader = await office.connect(token);
    const admin = await office.connect(office.tokens.issue({ tenant: 'acme', scopes: ['operator.admin'] }));

    reader.ask('conversation.create', {}, { idempotency_key: 'k' });
    await rest();

    const [denied] = await office.told('acme', 'authz.denied');
    expect(denied).toMatchObject({
      surface: 'ws',
      reason: 'scope',
      token: { device_id: reader.device.id, role: 'client', scopes: ['operator.read'] },
      required_scopes: ['operator.write'],
      request_type: 'conversation.create',
    });
    expect(admin.events('authz.denied')).toHaveLength(1);
    expect(reader.events('authz.denied')).toEqual([]);
    expect(await office.log('acme')).not.toContain(token);
  });

  it('is told of over HTTP too, by the role as well [AZ-14]', async () => {
    const office = await createOffice();
    const token = office.tokens.issue({ tenant: 'acme', roles: ['node'], scopes: ['node.paired'] });

    const text = JSON.stringify({ request_id: 'r-7', type: 'task.list', payload: {} });
    await office.gateway.call({ token, type: 'task.list', text });
    await office.gateway.artifacts.get(token, createDevice().id).catch(() => undefined);
    await rest();

    expect(await office.told('acme', 'authz.denied')).toMatchObject([
      { surface: 'http', reason: 'role', required_scopes: [], request_type: 'task.list', request_id: 'r-7' },
      { surface: 'http', reason: 'role', required_scopes: [], request_type: 'artifact.get' },
    ]);
  });
});
