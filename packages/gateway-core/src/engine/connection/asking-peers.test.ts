import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';
import type { Peer } from './peer.ts';

afterEach(endWorlds);

function sessionOf(world: ProbeWorld, peer: RawPeer): Peer {
  const session = world.gateway.peers.find('acme', peer.device.id);
  if (session === undefined) throw new Error('there is no such peer');
  return session;
}

async function withNode(revision: 2 | 3 = 3) {
  const world = await createWorld();
  const node = await world.connect({ role: 'node', revision });
  return { world, node, session: sessionOf(world, node) };
}

describe('a request of the gateway', () => {
  it('is answered with a result that fits the contract [FR-4]', async () => {
    const { node, session } = await withNode();

    const acting = session.request('lamp.act', { lamp: 'a', deadline_ms: 5 }, { requestId: 'dispatch-1' });
    expect(node.last).toEqual({ request_id: 'dispatch-1', type: 'lamp.act', payload: { lamp: 'a', deadline_ms: 5 } });
    node.answer(node.last, { ok: true, result: { lit: true } });

    expect(await acting).toEqual({ lit: true });
  });

  it('has no key that the revision of the peer lacks [RV-3] [FR-12]', async () => {
    const { node, session } = await withNode(2);

    void session.request('lamp.act', { lamp: 'a', deadline_ms: 5 }).catch(() => {});

    expect(node.last.payload).toEqual({ lamp: 'a' });
  });

  it('is refused by the peer with its code, and with its word on whether to try again', async () => {
    const { node, session } = await withNode();
    const error = { code: 'conflict', message: 'no', details: { a: 1 }, retryable: true, retry_after_ms: 9 };

    const acting = session.request('lamp.act', { lamp: 'a' });
    node.answer(node.last, { ok: false, error });

    await expect(acting).rejects.toMatchObject({
      code: 'conflict',
      message: 'no',
      details: { a: 1 },
      retryable: true,
      retryAfterMs: 9,
    });
  });

  it.each([
    ['a code outside the table', { ok: false, error: { code: 'teapot', message: 'no' } }, ['error', 'code']],
    ['a result of another shape', { ok: true, result: { lit: 'yes' } }, ['result', 'lit']],
    ['a result with an unknown key', { ok: true, result: { lit: true, more: 1 } }, ['result', 'more']],
    ['no result', { ok: true }, ['result', 'lit']],
    ['an error without a code', { ok: false, error: { message: 'no' } }, ['error']],
    ['an unknown key', { ok: true, result: { lit: true }, more: 1 }, ['more']],
  ])('is answered with %s: whoever asked learns that it is a contract_error [ER-1]', async (_what, answer, path) => {
    const { node, session } = await withNode();

    const acting = session.request('lamp.act', { lamp: 'a' });
    node.answer(node.last, answer);

    await expect(acting).rejects.toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
  });

  it.each([
    ['a type that nobody knows', 'no.such'],
    ['a type that only the peer sends', 'note.read'],
    ['a type for another role', 'lamp.act'],
  ])('of %s is not sent [RQ-2]', async (_what, type) => {
    const world = await createWorld();
    const client = await world.connect();

    await expect(sessionOf(world, client).request(type, { lamp: 'a' })).rejects.toMatchObject({
      code: 'unsupported_operation',
    });
    expect(client.frames).toHaveLength(2);
  });

  it('whose payload does not fit is not sent, and its caller learns it by a rejection', async () => {
    const { node, session } = await withNode();

    await expect(session.request('lamp.act', { lamp: 7 })).rejects.toThrow();
    expect(node.frames).toHaveLength(2);
  });

  it('ends as unavailable when the connection does, and so does one that comes after', async () => {
    const { node, session } = await withNode();
    const acting = session.request('lamp.act', { lamp: 'a' });

    node.channel.lose();

    await expect(acting).rejects.toMatchObject({ code: 'unavailable' });
    await expect(session.request('lamp.act', { lamp: 'a' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends as cancelled when its caller gives up, before or after it was sent', async () => {
    const { node, session } = await withNode();
    const abort = new AbortController();
    const acting = session.request('lamp.act', { lamp: 'a' }, { signal: abort.signal });

    abort.abort();

    await expect(acting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(session.request('lamp.act', { lamp: 'b' }, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(node.frames).toHaveLength(3);
  });

  it('is not sent twice under one id while the first waits, and may be after it', async () => {
    const { node, session } = await withNode();
    const first = session.request('lamp.act', { lamp: 'a' }, { requestId: 'same', timeoutMs: 10 });
    first.catch(() => {});

    await expect(session.request('lamp.act', { lamp: 'a' }, { requestId: 'same' })).rejects.toMatchObject({
      code: 'invalid_state',
    });
    node.answer(node.last, { ok: true, result: { lit: true } });
    await first;
    const second = session.request('lamp.act', { lamp: 'a' }, { requestId: 'same' });
    node.answer(node.last, { ok: true, result: { lit: false } });

    expect(await second).toEqual({ lit: false });
  });

  it('waits 30 s when nobody says how long', async () => {
    const { world, session } = await withNode();
    const acting = session.request('lamp.act', { lamp: 'a' });
    const ended = acting.then(
      () => 'answered',
      (error: { code: string }) => error.code,
    );

    world.clock.advance(29_999);
    await settle();
    expect(await Promise.race([ended, Promise.resolve('waiting')])).toBe('waiting');
    world.clock.advance(1);

    expect(await ended).toBe('timeout');
  });

  it('may be a ping, to either role and at either revision [LV-3]', async () => {
    const world = await createWorld();
    for (const revision of [2, 3] as const) {
      const peer = await world.connect({ revision });
      const pinging = sessionOf(world, peer).request('ping', {});
      peer.answer(peer.last, revision === 2 ? { ok: true } : { ok: true, result: {} });
      expect(await pinging).toBeUndefined();
    }
  });
});

describe('a node that connects again', () => {
  it('ends its older connection with 4004, and not those that its device has as a client', async () => {
    const world = await createWorld();
    const old = await world.connect({ role: 'node' });
    const client = await world.connect({ device: old.device });
    const elsewhere = await world.connect({ device: old.device, role: 'node', grant: { tenant: 'other' } });

    const again = await world.connect({ device: old.device, role: 'node' });

    expect([old.closeCode, client.closeCode, elsewhere.closeCode, again.closeCode]).toEqual([
      4004,
      undefined,
      undefined,
      undefined,
    ]);
    expect(world.gateway.peers.find('acme', old.device.id, 'node')?.connectionId).toBe(
      again.frames[0]?.result?.connection_id,
    );
    expect(world.gateway.peers.find('acme', old.device.id, 'client')?.connectionId).toBe(
      client.frames[0]?.result?.connection_id,
    );
  });
});
