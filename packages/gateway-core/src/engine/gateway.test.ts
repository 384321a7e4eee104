import { tyrum } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { echoRunner } from '../domain/echo-runner.ts';
import { createMemoryStore, type MemoryStore } from '../store/memory-store.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createDevice, createGatewaySigner, inlineCrypto, type TestDevice } from '../testing/node-device.ts';
import { settle } from '../testing/node-settle.ts';
import { createRawPeer, type Introduction, type RawPeer, type WireFrame } from '../testing/raw-peer.ts';
import { createWireCheck } from '../testing/wire-check.ts';
import { createGateway } from './gateway.ts';
import type { Gateway } from './gateway-options.ts';

const check = createWireCheck(tyrum);
const started: Gateway[] = [];
const problems: string[] = [];

afterEach(async () => {
  for (const gateway of started.splice(0)) await gateway.close();
  expect(problems.splice(0)).toEqual([]);
});

/** A gateway as an embedder starts it: the shipped contract, the real domain, a runner that repeats what is said. */
async function start(store: MemoryStore = createMemoryStore()) {
  const { signer } = createGatewaySigner();
  const gateway = await createGateway({
    store,
    signer,
    clock: createManualClock(),
    crypto: inlineCrypto(),
    runner: echoRunner(),
  });
  started.push(gateway);

  async function rest(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await settle();
  }

  return {
    store,
    gateway,
    rest,
    async connect(
      introduction: Introduction & { readonly token: string; readonly device?: TestDevice },
    ): Promise<RawPeer> {
      const { token, device = createDevice(), revision = 3 } = introduction;
      const peer = createRawPeer({
        accept: (channel) => gateway.accept(channel, { token }),
        device,
        contractHash: tyrum.hashes[3] ?? '',
        onText(text) {
          const problem = check(text, revision);
          if (problem !== undefined) problems.push(problem);
        },
      });
      await rest();
      peer.introduce(introduction);
      await rest();
      peer.prove();
      await rest();
      expect([peer.closeCode, peer.closeReason]).toEqual([undefined, '']);
      return peer;
    },
    async ask(peer: RawPeer, type: string, payload: unknown, more = {}): Promise<WireFrame> {
      const requestId = peer.ask(type, payload, more);
      await rest();
      return peer.responses(requestId).at(-1) as WireFrame;
    },
  };
}

function clientToken(gateway: Gateway): Promise<{ readonly token: string }> {
  return gateway.tokens.issue({
    tenant: 'acme',
    roles: ['client'],
    scopes: ['operator.read', 'operator.write', 'operator.pairing'],
  });
}

describe('a gateway over its real domain', () => {
  it('holds a conversation with a client of either revision, which see the same turn [EV-8] [RV-16] [RV-3]', async () => {
    const { gateway, connect, ask } = await start();
    const { token } = await clientToken(gateway);
    const peer = await connect({ token });
    const old = await connect({ token, revision: 2 });
    const created = await ask(peer, 'conversation.create', {});
    const { conversation_id } = (created.result?.conversation ?? {}) as { conversation_id?: string };

    const sent = await ask(old, 'conversation.send', {
      conversation_id,
      trigger: 'submit-message',
      messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: 'hello there' }] }],
    });

    const completed = peer.events('turn.completed');
    expect(completed.map(({ payload }) => payload?.turn_id)).toEqual([sent.result?.stream_id]);
    expect(peer.events('message.final').map(({ payload }) => payload?.content)).toContain('hello there');
    const durable = peer.events().filter(({ cursor }) => cursor !== undefined);
    expect(durable.every(({ prev }, at) => at === 0 || prev === durable[at - 1]?.cursor)).toBe(true);
    const known = new Set(old.events().map(({ event_id }) => event_id));
    expect(durable.filter(({ type }) => type.startsWith('turn.')).every(({ event_id }) => known.has(event_id))).toBe(
      true,
    );
  });

  it('pairs a node, gives it its token, and closes the connections of one that is revoked [AZ-7]', async () => {
    const { gateway, connect, ask } = await start();
    const { token } = await clientToken(gateway);
    const client = await connect({ token });
    const strange = await gateway.tokens.issue({ tenant: 'acme', roles: ['node'], scopes: [] });
    const node = await connect({ token: strange.token, role: 'node', capabilities: [{ id: 'shell.run' }] });
    const asked = client.events('pairing.updated').at(-1)?.payload?.pairing as { pairing_id: number };

    await ask(client, 'pairing.approve', {
      pairing_id: asked.pairing_id,
      trust_level: 'local',
      capability_allowlist: [{ id: 'shell.run', version: '1.0.0' }],
    });

    const own = node.events('pairing.updated').at(-1)?.payload?.scoped_token as string;
    const again = await connect({ token: own, role: 'node', device: node.device, capabilities: [{ id: 'shell.run' }] });
    expect(node.closeCode).toBe(4004);
    expect((await ask(again, 'capability.ready', { capabilities: [{ id: 'shell.run' }] })).ok).toBe(true);
    expect(JSON.stringify(client.frames)).not.toContain(own);
    await ask(client, 'pairing.revoke', { pairing_id: asked.pairing_id });

    expect(again.closeCode).toBe(4001);
  });

  it('takes up after a restart what its peers were doing [RQ-8] [EV-22]', async () => {
    const first = await start();
    const { token } = await clientToken(first.gateway);
    const device = createDevice();
    const peer = await first.connect({ token, device });
    const created = await first.ask(peer, 'conversation.create', { title: 'One' }, { idempotency_key: 'create' });
    const { cursor } = peer.frames[1]?.result ?? {};

    const second = await start(createMemoryStore({ from: first.store.snapshot() }));
    const again = await second.connect({ token, device, resume: cursor as string });
    const repeat = await second.ask(again, 'conversation.create', { title: 'One' }, { idempotency_key: 'create' });

    expect(again.frames[1]?.result?.recovery).toEqual({ outcome: 'resumed' });
    expect(again.events('conversation.updated')).toEqual(peer.events('conversation.updated'));
    expect(repeat).toMatchObject({ replayed: true, result: created.result });
  });

  it('tells whether it is ready: when its store commits', async () => {
    const { gateway, store } = await start();
    await expect(gateway.checkReady()).resolves.toBeUndefined();

    await store.close();

    await expect(gateway.checkReady()).rejects.toThrow('the store is closed');
  });
});
