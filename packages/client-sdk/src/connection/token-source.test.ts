import { describe, expect, test } from 'vitest';
import { ENTRIES, settled } from '../../test/world.ts';
import { createMemoryStorage } from '../index.ts';

const approved = {
  pairing: {
    pairing_id: 1,
    status: 'approved',
    motivation: 'test',
    requested_at: '2026-01-02T03:04:05.678Z',
    node: { node_id: 'dev_x', capabilities: [], last_seen_at: '2026-01-02T03:04:05.678Z' },
    capability_allowlist: [],
    latest_review: null,
  },
};

describe.each(ENTRIES)('the token of a connection ($entry)', ({ createWorld, createOpenWorld }) => {
  test('is asked for before each one', async () => {
    let count = 0;
    const { gateway, clock } = await createOpenWorld({ token: async () => `token-${++count}` });

    gateway.last.close('restart');
    await clock.advance(500);

    expect(gateway.connections.map(({ request }) => request.token)).toEqual(['token-1', 'token-2']);
    expect(gateway.connections.map(({ request }) => request.url)).toEqual(Array(2).fill('ws://gateway.test/ws'));
  });

  test('stops the client when it is refused and there is no other [CC-5]', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { refuse: () => 'unauthorized' } });

    await expect(client.connect()).rejects.toMatchObject({ code: 'refused', closeCode: 4001, mustChange: 'token' });
    await clock.advance(3_600_000);
    expect(gateway.connections).toHaveLength(1);
  });

  test('is asked for once more after a refusal, and another answer is tried', async () => {
    const asked: boolean[] = [];
    const { client, gateway, clock } = await createWorld({
      token: ({ refused }) => {
        asked.push(refused);
        return refused ? 'fresh' : 'stale';
      },
      gatewayOptions: { refuse: ({ token }) => (token === 'stale' ? 'unauthorized' : undefined) },
    });
    const opening = client.connect();
    await clock.advance(500);
    await opening;

    expect(asked).toEqual([false, true]);
    expect(gateway.connections.map(({ request }) => request.token)).toEqual(['stale', 'fresh']);
  });

  test.each([
    { what: 'the same answer', token: () => 'stale', connections: 1 },
    {
      what: 'new answers that are refused too',
      token: (() => {
        let count = 0;
        return () => `stale-${++count}`;
      })(),
      connections: 2,
    },
    {
      what: 'a source that fails',
      token: ({ refused }: { refused: boolean }) => {
        if (refused) throw new Error('signed out');
        return 'stale';
      },
      connections: 1,
    },
  ])('does not loop over $what [CC-5]', async ({ token, connections }) => {
    const { client, gateway, clock } = await createWorld({ token, gatewayOptions: { refuse: () => 'unauthorized' } });
    const opening = client.connect();
    opening.catch(() => {});
    await clock.advance(3_600_000);

    await expect(opening).rejects.toMatchObject({ code: 'refused', mustChange: 'token' });
    expect(gateway.connections).toHaveLength(connections);
  });

  test('that cannot be had now is waited for', async () => {
    let down = true;
    const { client, clock } = await createWorld({
      token: async () => {
        if (down) throw new Error('the token service is down');
        return 'token';
      },
    });
    const opening = client.connect();
    await clock.advance(1);
    expect(client.state).toMatchObject({
      status: 'waiting',
      reason: { code: 'unreachable', cause: { message: 'the token service is down' } },
    });

    down = false;
    await clock.advance(60_000);
    expect((await opening).status).toBe('open');
  });
});

describe.each(ENTRIES)('the token of a paired node ($entry)', ({ createOpenWorld }) => {
  test('is told, stored, and used from then on, also by the next process [AZ-10]', async () => {
    const tokens: string[] = [];
    const { client, gateway, clock, restart } = await createOpenWorld({
      role: 'node',
      storage: createMemoryStorage(),
      onToken: (token) => tokens.push(token),
    });

    gateway.last.emitLive('pairing.updated', { ...approved, scoped_token: 'bound' });
    await settled();
    gateway.last.close('restart');
    await clock.advance(500);
    await client.close();
    await restart().connect();

    expect(tokens).toEqual(['bound']);
    expect(gateway.connections.map(({ request }) => request.token)).toEqual(['token-1', 'bound', 'bound']);
  });

  test('gives way to the configured one when it is revoked', async () => {
    const { client, gateway, clock } = await createOpenWorld({ role: 'node' });
    gateway.last.emitLive('pairing.updated', { ...approved, scoped_token: 'bound' });
    await settled();
    gateway.options = { refuse: ({ token }) => (token === 'bound' ? 'unauthorized' : undefined) };

    gateway.last.close('unauthorized');
    await clock.advance(60_000);

    expect(gateway.connections.map(({ request }) => request.token)).toEqual(['token-1', 'bound', 'token-1']);
    expect(client.state.status).toBe('open');
  });

  test('is not taken from an event by a client', async () => {
    const tokens: string[] = [];
    const { gateway } = await createOpenWorld({ onToken: (token) => tokens.push(token) });

    gateway.last.emitLive('pairing.updated', { ...approved, scoped_token: 'bound' });
    await settled();

    expect(tokens).toEqual([]);
  });
});
