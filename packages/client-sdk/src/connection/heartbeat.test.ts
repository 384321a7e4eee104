import { describe, expect, test } from 'vitest';
import { createOpenWorld, ENTRIES } from '../../test/world.ts';

const HEARTBEAT_MS = 15_000;

describe.each(ENTRIES)('the heartbeat of a client ($entry)', ({ createOpenWorld }) => {
  test('asks a silent gateway whether it is there, and goes on while it answers [LV-2]', async () => {
    const { client, gateway, clock } = await createOpenWorld();

    await clock.advance(HEARTBEAT_MS);
    expect(gateway.last.pings).toBe(1);
    await clock.advance(20 * HEARTBEAT_MS);

    expect(client.state.status).toBe('open');
    expect(gateway.connections).toHaveLength(1);
  });

  test('does not ask one that speaks anyway', async () => {
    const { gateway, clock } = await createOpenWorld();

    for (let beat = 0; beat < 10; beat += 1) {
      gateway.last.emitLive('typing.started', { conversation_id: 'conv_1' });
      await clock.advance(HEARTBEAT_MS);
    }

    expect(gateway.last.pings).toBe(0);
  });

  test('leaves one that did not answer twice, and comes back [LV-2]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const [first] = gateway.connections;
    gateway.last.silent = true;

    await clock.advance(3 * HEARTBEAT_MS - 1);
    expect(client.state.status).toBe('open');
    expect(first?.pings).toBe(2);
    await clock.advance(1);
    expect(client.state).toMatchObject({
      status: 'waiting',
      reason: { code: 'connection_lost', message: 'the gateway fell silent' },
    });
    await clock.advance(500);

    expect(first?.closedBy).toBeDefined();
    expect(client.state.status).toBe('open');
  });

  test('keeps the pace that the gateway announced', async () => {
    const { gateway, clock } = await createOpenWorld({ gatewayOptions: { limits: { heartbeat_ms: 1_000 } } });

    await clock.advance(10_000);

    expect(gateway.last.pings).toBeGreaterThanOrEqual(5);
  });
});

describe('the heartbeat of a client at revision 2', () => {
  test('works at revision 2 too', async () => {
    const { client, gateway, clock } = await createOpenWorld({ revisions: [2] });
    gateway.last.silent = true;

    await clock.advance(3 * HEARTBEAT_MS);

    expect(client.state.status).toBe('waiting');
  });
});

describe.each(ENTRIES)('a gateway that stops ($entry)', ({ createOpenWorld }) => {
  test('is left when nothing runs there, and not returned to before it said [LV-4] [CL-1]', async () => {
    const { client, gateway, clock, statuses } = await createOpenWorld();
    const [first] = gateway.connections;

    first?.emitLive('gateway.draining', { reconnect_after_ms: 2_000 });
    await clock.advance(1_999);
    expect(client.state).toMatchObject({ status: 'waiting', retryInMs: 2_000 });
    expect(first?.closedBy?.code).toBe(1000);
    await clock.advance(1);

    expect(client.state.status).toBe('open');
    expect(statuses).toEqual(['connecting', 'open', 'draining', 'waiting', 'connecting', 'open']);
  });

  test('finishes what runs; what is new waits for the next connection', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const [first] = gateway.connections;
    const running = client.request('conversation.list', {});
    first?.emitLive('gateway.draining', { reconnect_after_ms: 2_000 });
    await clock.advance(0);
    expect(client.state.status).toBe('draining');

    const later = client.request('turn.list', {});
    await clock.advance(1_500);
    expect(first?.requests.map(({ type }) => type)).toEqual(['conversation.list']);
    first?.answer('conversation.list', { conversations: [] });
    expect(await running).toEqual({ conversations: [] });
    await clock.advance(500);

    gateway.last.answer('turn.list', { turns: [] });
    expect(await later).toEqual({ turns: [] });
    expect(gateway.connections).toHaveLength(2);
  });

  test('may refuse what it still got: it is sent to the next one [LV-5]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const asked = client.request('conversation.list', {});
    gateway.last.emitLive('gateway.draining', { reconnect_after_ms: 300 });
    await clock.advance(0);

    gateway.last.refuse('conversation.list', { code: 'unavailable', retryable: true, retry_after_ms: 9_000 });
    await clock.advance(300);
    gateway.last.answer('conversation.list', { conversations: [] });

    expect(await asked).toEqual({ conversations: [] });
  });

  test('may close first, with 1012 [LV-6]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    void client.request('conversation.list', {}).catch(() => {});
    gateway.last.emitLive('gateway.draining', { reconnect_after_ms: 12_000 });
    await clock.advance(10_000);
    gateway.last.close('restart');
    await clock.advance(1_999);
    expect(client.state).toMatchObject({ status: 'waiting', retryInMs: 2_000 });
    await clock.advance(1);

    expect(client.state.status).toBe('open');
    expect(gateway.last.requests.map(({ type }) => type)).toEqual(['conversation.list']);
  });
});
