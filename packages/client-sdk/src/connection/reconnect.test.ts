import { describe, expect, test } from 'vitest';
import { ENTRIES } from '../../test/world.ts';
import { reconnectDelay } from './reconnect.ts';

const backoff = { minReconnectMs: 500, maxReconnectMs: 30_000 };

describe('the delay before a reconnect', () => {
  test('is random below a bound that doubles up to a cap [CL-1]', () => {
    const bounds = [0, 1, 2, 5, 6, 7, 1_000].map((failures) => reconnectDelay(backoff, failures, 0.999_999));

    expect(bounds).toEqual([499, 999, 1_999, 15_999, 29_999, 29_999, 29_999]);
    expect(reconnectDelay(backoff, 5, 0)).toBe(0);
  });

  test('is never less than the gateway asked for [CL-1]', () => {
    expect(reconnectDelay(backoff, 0, 0.5, 4_000)).toBe(4_000);
    expect(reconnectDelay(backoff, 9, 0.5, 4_000)).toBe(15_000);
  });
});

describe.each(ENTRIES)('a client that lost its connection ($entry)', ({ createWorld, createOpenWorld }) => {
  test.each([1001, 1006, 1011, 1012, 1013, 4002, 4004, 4999])('comes back by itself after %i [CC-3]', async (code) => {
    const { client, gateway, clock, statuses } = await createOpenWorld();

    gateway.last.close(code);
    await clock.advance(500);

    expect(client.state.status).toBe('open');
    expect(gateway.connections).toHaveLength(2);
    expect(statuses).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
  });

  test.each([
    { code: 4003, mustChange: 'client' },
    { code: 4005, mustChange: 'client or gateway' },
    { code: 4006, mustChange: 'device' },
    { code: 4007, mustChange: 'device' },
    { code: 4008, mustChange: 'token' },
    { code: 4009, mustChange: 'client' },
  ])('stops after $code and says what must change: $mustChange [CC-4]', async ({ code, mustChange }) => {
    const { client, gateway, clock } = await createOpenWorld();

    gateway.last.close(code, 'because');
    await clock.advance(3_600_000);

    expect(gateway.connections).toHaveLength(1);
    expect(client.state).toMatchObject({ status: 'stopped', mustChange, reason: { code: 'refused', closeCode: code } });
    expect(client.state.status === 'stopped' && client.state.reason.message).toContain('because');
    await expect(client.closed).resolves.toMatchObject({ status: 'stopped' });
  });

  test('reports 4009 as its own bug [CC-4]', async () => {
    const { client, gateway, clock } = await createOpenWorld();

    gateway.last.close('protocol_violation', 'flood');
    await clock.advance(1);

    expect(client.state).toMatchObject({ reason: { message: expect.stringContaining('a bug of this client') } });
  });

  test('waits longer from failure to failure, and anew after a connection that held', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { unreachable: () => true } });
    const waits: number[] = [];
    client.onState((state) => {
      if (state.status === 'waiting') waits.push(state.retryInMs);
    });
    const opening = client.connect();
    await clock.advance(20_000);

    // Half of each bound, by the test's randomness.
    expect(waits.slice(0, 5).map((ms) => Math.round(ms / 10) * 10)).toEqual([250, 500, 1_000, 2_010, 4_020]);

    gateway.options = {};
    await clock.advance(30_000);
    await opening;
    gateway.last.close(1006);
    await clock.advance(0);
    const afterHolding = waits.at(-1);
    expect(afterHolding).toBeLessThan(500);
  });

  test('goes on waiting longer while connections do not hold', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const waits: number[] = [];
    client.onState((state) => {
      if (state.status === 'waiting') waits.push(state.retryInMs);
    });

    for (let round = 0; round < 5; round += 1) {
      gateway.last.close('restart');
      await clock.advance(9_000);
    }

    expect(waits).toHaveLength(5);
    expect(waits.every((ms, at) => at === 0 || ms > (waits[at - 1] ?? 0))).toBe(true);
  });

  test.each([{ where: 'its close reason', reason: 'retry_after_ms=7000' }])(
    'stays away as long as a gateway asks for in $where [CL-1]',
    async ({ reason }) => {
      const { client, gateway, clock } = await createOpenWorld();

      gateway.last.close('overloaded', reason);
      await clock.advance(6_999);
      expect(client.state).toMatchObject({
        status: 'waiting',
        retryInMs: 7_000,
        reason: { code: 'connection_lost', retryAfterMs: 7_000 },
      });
      await clock.advance(1);

      expect(client.state.status).toBe('open');
    },
  );
});

describe.each(ENTRIES)('a failure ($entry)', ({ createWorld, createOpenWorld }) => {
  test('before the handshake is unreachable', async () => {
    const { client, clock } = await createWorld({ gatewayOptions: { unreachable: () => true } });
    const opening = client.connect({ timeoutMs: 100 });
    opening.catch(() => {});
    await clock.advance(0);

    expect(client.state).toMatchObject({
      status: 'waiting',
      attempt: 1,
      reason: { code: 'unreachable', closeCode: 1006 },
    });
    await clock.advance(100);
    await expect(opening).rejects.toMatchObject({ code: 'timeout' });
  });

  test('before the handshake is unreachable too when the socket never opens', async () => {
    const { client, clock } = await createWorld({ connectSocket: () => ({ send() {}, close() {}, bufferedBytes: 0 }) });
    void client.connect().catch(() => {});
    await clock.advance(9_999);
    expect(client.state.status).toBe('connecting');
    await clock.advance(1);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'unreachable' } });
  });

  test('before the handshake is unreachable too when the socket cannot be made', async () => {
    const { client, clock } = await createWorld({
      connectSocket() {
        throw new TypeError('no WebSocket here');
      },
    });
    const opening = client.connect({ timeoutMs: 1 });
    opening.catch(() => {});
    await clock.advance(0);

    expect(client.state).toMatchObject({ reason: { code: 'unreachable', cause: { message: 'no WebSocket here' } } });
    await clock.advance(1);
    await expect(opening).rejects.toMatchObject({ code: 'timeout' });
  });

  test('during the handshake is handshake_failed', async () => {
    const { client, gateway, clock } = await createWorld({
      gatewayOptions: {
        tamper: (_, text) => {
          gateway.last.close(1011);
          return text;
        },
      },
    });
    void client.connect().catch(() => {});
    await clock.advance(0);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'handshake_failed', closeCode: 1011 } });
  });

  test('during the handshake is handshake_failed too when the gateway does not answer', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { tamper: () => '{}' } });
    void client.connect().catch(() => {});
    await clock.advance(9_999);
    expect(client.state.status).toBe('connecting');
    await clock.advance(1);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'handshake_failed' } });
    expect(gateway.last.closedBy?.code).toBe(1000);
  });

  test('after the handshake is connection_lost', async () => {
    const { client, gateway, clock } = await createOpenWorld();

    gateway.last.close(1006);
    await clock.advance(0);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'connection_lost', closeCode: 1006 } });
  });

  test('after the handshake is connection_lost too when a binary frame comes', async () => {
    const { client, gateway, clock } = await createOpenWorld();

    gateway.last.sendRaw(new Uint8Array([1]));
    await clock.advance(0);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'connection_lost' } });
    expect(gateway.last.closedBy).toBeDefined();
  });
});
