import { describe, expect, test } from 'vitest';
import { ENTRIES, settled } from '../test/world.ts';
import { ClientError, type ClientState } from './index.ts';

describe.each(ENTRIES)('a client ($entry)', ({ createWorld, createOpenWorld }) => {
  test('does nothing until it is used', async () => {
    const { client, gateway, clock } = await createWorld();
    client.on('turn.queued', () => {});
    client.onSnapshotRequired(() => {});
    await clock.advance(60_000);

    expect(client.state).toEqual({ status: 'idle' });
    expect(gateway.connections).toEqual([]);
  });

  test('tells each of its states, and an undone listener none', async () => {
    const { client, gateway, clock } = await createWorld();
    const states: ClientState[] = [];
    const undo = client.onState((state) => states.push(state));
    await client.connect();
    gateway.last.close('restart', 'bye');
    await clock.advance(0);
    undo();
    await clock.advance(500);

    expect(states).toMatchObject([
      { status: 'connecting', attempt: 1 },
      { status: 'open', revision: 3 },
      { status: 'waiting', attempt: 1, retryInMs: 250, reason: { code: 'connection_lost', closeCode: 1012 } },
    ]);
    expect(client.state.status).toBe('open');
  });

  test('survives a listener that throws, and reports it', async () => {
    const { client, errors } = await createWorld({ mayReportErrors: true });
    client.onState(() => {
      throw new Error('bad listener');
    });
    await client.connect();

    expect(client.state.status).toBe('open');
    expect(errors).toEqual(['onState: bad listener', 'onState: bad listener']);
  });

  test('connects once however often it is told to', async () => {
    const { client, gateway } = await createWorld();
    const opened = await Promise.all([client.connect(), client.connect()]);
    await client.connect();

    expect(opened.map(({ status }) => status)).toEqual(['open', 'open']);
    expect(gateway.connections).toHaveLength(1);
  });

  test('goes on connecting when one who waits for it gives up', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { unreachable: () => true } });
    const controller = new AbortController();
    const waiting = client.connect({ signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    await expect(client.connect({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
    gateway.options = {};
    await clock.advance(500);

    expect(client.state.status).toBe('open');
  });

  test.each(['idle', 'connecting', 'open', 'waiting'] as const)(
    'closes from the state %s, completely and once',
    async (status) => {
      const { client, gateway, clock, statuses } = await createWorld({
        gatewayOptions: { unreachable: () => status === 'waiting' },
      });
      const opening = status === 'idle' ? undefined : client.connect();
      opening?.catch(() => {});
      if (status === 'open' || status === 'waiting') await settled();
      expect(client.state.status).toBe(status);
      await Promise.all([client.close(), client.close()]);
      await client.close();
      await clock.advance(60_000);

      expect(client.state).toEqual({ status: 'closed' });
      expect(statuses.filter((each) => each === 'closed')).toHaveLength(1);
      expect(clock.pending).toBe(0);
      if (status === 'open') expect(gateway.last.closedBy).toEqual({ code: 1000, reason: '' });
      await expect(client.connect()).rejects.toMatchObject({ code: 'closed' });
      await expect(client.closed).resolves.toEqual({ status: 'closed' });
    },
  );

  test('is closed at the end of a block that disposes of it', async () => {
    const { client } = await createOpenWorld();
    await client[Symbol.asyncDispose]();

    expect(client.state.status).toBe('closed');
  });

  test('reports the errors that the gateway tells of its frames', async () => {
    const { gateway, errors } = await createOpenWorld({ mayReportErrors: true });
    gateway.last.emitLive('error', { code: 'contract_error', message: 'the frame is not JSON' });
    await settled();

    expect(errors).toEqual(['a frame of this client: the frame is not JSON']);
  });

  test.each(['{', '[]', '{"ok":true}', '{"event_id":"x","type":7}', '{"type":"ping"}', '"text"'])(
    'reports the frame %s, which nobody could read, and goes on',
    async (text) => {
      const { client, gateway, errors } = await createOpenWorld({ mayReportErrors: true });
      gateway.last.sendRaw(text);
      await settled();

      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/^reading a frame: /);
      expect(client.state.status).toBe('open');
    },
  );

  test('ignores a response to nothing', async () => {
    const { client, gateway } = await createOpenWorld();
    gateway.last.sendRaw('{"request_id":"r","type":"ping","ok":true}');
    await settled();

    expect(client.state.status).toBe('open');
  });
});

describe('a client error', () => {
  test('is recognised by its brand, also one of another copy of the package', () => {
    const foreign = { [Symbol.for('tyrum.client-error')]: true };

    expect([new ClientError('timeout', 'late'), foreign, new Error('x'), null, 'x'].map(ClientError.is)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
