import { describe, expect, test } from 'vitest';
import { uuid } from '../../test/fake-gateway.ts';
import { createOpenWorld, createWorld, ENTRIES, settled } from '../../test/world.ts';
import type { Client, SnapshotReason } from '../index.ts';

const turn = (number: number) => ({ turn_id: uuid(number) });

/** Collects the turns that are queued, in the order in which they are handed on. */
function collect(client: Client): string[] {
  const seen: string[] = [];
  client.on('turn.queued', ({ payload }) => seen.push(payload.turn_id));
  return seen;
}

describe.each(ENTRIES)('events ($entry)', ({ createWorld }) => {
  test('reach their handlers in order, with what the envelope says', async () => {
    const { client, gateway } = await createWorld();
    const events: unknown[] = [];
    client.on('turn.queued', (event) => events.push(event));
    await client.connect();

    const cursor = gateway.last.emit('turn.queued', turn(1), { scope: { kind: 'global' } });
    gateway.last.emit('turn.started', turn(1));
    await settled();

    expect(events).toEqual([
      {
        type: 'turn.queued',
        payload: turn(1),
        eventId: expect.any(String),
        occurredAt: '2026-01-02T03:04:05.678Z',
        scope: { kind: 'global' },
        cursor,
      },
    ]);
  });

  test('of a type that the client does not know are ignored and still acknowledged [FR-11]', async () => {
    const { client, gateway, clock } = await createWorld();
    const seen = collect(client);
    await client.connect();

    const unknown = gateway.last.emit('moon.rose', {});
    await clock.advance(100);
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emitLive('moon.set', {});
    await settled();

    expect(gateway.last.acks).toEqual([unknown]);
    expect(seen).toEqual([uuid(1)]);
  });

  test('are handed on one at a time: the next one waits for the handler', async () => {
    const { client, gateway } = await createWorld();
    const steps: string[] = [];
    let finish = () => {};
    client.on('turn.queued', async ({ payload }) => {
      steps.push(`begin ${payload.turn_id.slice(-1)}`);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      steps.push(`end ${payload.turn_id.slice(-1)}`);
    });
    client.on('turn.queued', () => steps.push('second handler'));
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    expect(steps).toEqual(['begin 1']);
    finish();
    await settled();

    expect(steps).toEqual(['begin 1', 'end 1', 'second handler', 'begin 2']);
    finish();
  });

  test('wait for whatever a handler answers that can be awaited, of any library', async () => {
    const { client, gateway } = await createWorld();
    const seen: string[] = [];
    let finish = () => {};
    client.on('turn.queued', ({ payload }) => {
      seen.push(payload.turn_id);
      const later = (resolve: () => void) => {
        finish = resolve;
      };
      // biome-ignore lint/suspicious/noThenProperty: it is the promise of another library
      return { then: later };
    });
    client.on('turn.queued', ({ payload }) => seen.push(`after ${payload.turn_id}`));
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();

    expect(seen).toEqual([uuid(1)]);
    finish();
    await settled();
    expect(seen).toEqual([uuid(1), `after ${uuid(1)}`, uuid(2)]);
    finish();
  });

  test('are not lost by a handler that throws: it is reported, and the event counts as processed', async () => {
    const { client, gateway, clock, errors } = await createWorld({ mayReportErrors: true });
    const seen: string[] = [];
    client.on('turn.queued', ({ payload }) => {
      if (payload.turn_id === uuid(1)) throw new Error('bad handler');
    });
    client.on('turn.queued', async ({ payload }) => {
      seen.push(payload.turn_id);
      if (payload.turn_id === uuid(2)) throw new Error('bad async handler');
    });
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    const last = gateway.last.emit('turn.queued', turn(2));
    await clock.advance(100);

    expect(seen).toEqual([uuid(1), uuid(2)]);
    expect(errors).toEqual(['event turn.queued: bad handler', 'event turn.queued: bad async handler']);
    expect(gateway.last.acks).toEqual([last]);
  });

  test('are handed on once by their id, however often they arrive [CL-5]', async () => {
    const { client, gateway, clock } = await createWorld();
    const seen = collect(client);
    await client.connect();

    gateway.last.emit('turn.queued', turn(1), { eventId: uuid(77) });
    const again = gateway.last.emit('turn.queued', turn(1), { eventId: uuid(77) });
    await clock.advance(100);

    expect(seen).toEqual([uuid(1)]);
    expect(gateway.last.acks).toEqual([again]);
  });

  test('are no longer handed on after the undo, and one registration of two is undone alone', async () => {
    const { client, gateway } = await createWorld();
    const seen: number[] = [];
    const handler = () => seen.push(1);
    const undo = client.on('turn.queued', handler);
    client.on('turn.queued', handler);
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    undo();
    undo();
    gateway.last.emit('turn.queued', turn(2));
    await settled();

    expect(seen).toHaveLength(3);
  });
});

describe('events that do not fit the contract', () => {
  test('that cannot be read are reported, and neither they nor what follows are acknowledged', async () => {
    const { client, gateway, clock, errors } = await createWorld({ mayReportErrors: true });
    const seen = collect(client);
    await client.connect();
    const good = gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', { turn_id: 7 });
    gateway.last.emit('turn.queued', turn(2));
    await clock.advance(1_000);

    expect(seen).toEqual([uuid(1), uuid(2)]);
    expect(errors).toEqual([expect.stringContaining('event turn.queued does not fit the contract: payload.turn_id')]);
    expect(gateway.last.acks).toEqual([good]);
  });

  test('that cannot be read stop the client when nothing more can be held behind them', async () => {
    const { client, gateway, clock } = await createWorld({
      mayReportErrors: true,
      gatewayOptions: { limits: { event_window: 3 } },
    });
    collect(client);
    await client.connect();
    gateway.last.emit('turn.queued', { turn_id: 7 });
    for (let count = 1; count < 5; count += 1) gateway.last.emit('turn.queued', turn(count));
    await clock.advance(1_000);

    expect(client.state).toMatchObject({
      status: 'stopped',
      reason: { code: 'invalid_message' },
      mustChange: 'client or gateway',
    });
  });
});

describe.each(ENTRIES)('the chain of events ($entry)', ({ createWorld }) => {
  test('that misses a link closes the connection and resumes from the last one processed [CL-6]', async () => {
    const { client, gateway, clock } = await createWorld();
    const seen = collect(client);
    await client.connect();
    const processed = gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    const [first] = gateway.connections;
    gateway.last.emit('turn.queued', turn(2), { prev: 'c.99' });
    await clock.advance(500);

    expect(first?.closedBy).toBeDefined();
    expect(gateway.connections).toHaveLength(2);
    expect(gateway.last.offer.resume).toEqual({ cursor: processed });
    expect(seen).toEqual([uuid(1), uuid(2)]);
  });

  test('goes on from the cursor of the proof result, and through bookmarks [EV-6] [EV-14]', async () => {
    const { client, gateway, clock } = await createWorld();
    const seen = collect(client);
    await client.connect();
    const bookmark = gateway.last.emit('events.bookmark', {});
    await clock.advance(100);
    gateway.last.emit('turn.queued', turn(1));
    await settled();

    expect(gateway.last.acks).toEqual([bookmark]);
    expect(seen).toEqual([uuid(1)]);
    expect(gateway.connections).toHaveLength(1);
  });

  test('misses a link too when a durable event comes without prev [CL-6]', async () => {
    const { client, gateway, clock } = await createWorld();
    await client.connect();
    gateway.last.sendRaw(
      JSON.stringify({
        event_id: uuid(1),
        type: 'turn.queued',
        occurred_at: '2026-01-02T03:04:05.678Z',
        payload: turn(1),
        cursor: 'c.1',
      }),
    );
    await clock.advance(0);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'connection_lost' } });
  });
});

describe.each(ENTRIES)('a reconnect ($entry)', ({ createWorld }) => {
  test('resumes where the application was, and nothing is handed on twice or left out [CL-5]', async () => {
    const { client, gateway, clock } = await createWorld();
    const seen: string[] = [];
    let finish = () => {};
    client.on('turn.queued', async ({ payload }) => {
      seen.push(payload.turn_id);
      if (payload.turn_id === uuid(2)) {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }
    });
    await client.connect();
    const first = gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    gateway.last.emit('turn.queued', turn(3));
    await clock.advance(100);
    expect(seen).toEqual([uuid(1), uuid(2)]);

    // While the second is being worked on, so that it and the third come again.
    gateway.last.close(1006);
    await settled();
    gateway.connections[0]?.emit('turn.queued', turn(4));
    await clock.advance(500);
    expect(gateway.last.offer.resume).toEqual({ cursor: first });
    finish();
    await clock.advance(100);

    expect(seen).toEqual([1, 2, 3, 4].map(uuid));
    expect(gateway.last.acks).toEqual([gateway.head]);
  });

  test('acknowledges only what was sent on that connection [EV-13]', async () => {
    const { client, gateway, clock } = await createWorld();
    let finish = () => {};
    client.on(
      'turn.queued',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    gateway.options = { recovery: () => ({ outcome: 'snapshot_required', reason: 'trimmed' }) };
    gateway.last.close(1006);
    client.onSnapshotRequired(() => {});
    await clock.advance(500);
    finish();
    await clock.advance(1_000);

    expect(gateway.last.acks).toEqual([]);
  });
});

describe('a reconnect at revision 2', () => {
  test('keeps the events that came once, and lets go of those that were ephemeral', async () => {
    const { client, gateway, clock } = await createOpenWorld({ revisions: [2] });
    const seen: string[] = [];
    let finish = () => {};
    client.onSnapshotRequired(() => {});
    client.on('turn.queued', async ({ payload }) => {
      seen.push(payload.turn_id);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    client.on('typing.started', () => seen.push('typing'));
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emitLive('typing.started', { conversation_id: 'conv_1' });
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);
    finish();
    await settled();
    finish();

    expect(seen).toEqual([uuid(1), uuid(2)]);
  });
});

describe.each(ENTRIES)('a gap ($entry)', ({ createWorld, createOpenWorld }) => {
  test.each<SnapshotReason>(['epoch_changed', 'trimmed', 'scope_changed', 'unknown_cursor', 'revision_changed'])(
    'is told as %s before the first event after it [CL-8]',
    async (reason) => {
      const { client, gateway, clock } = await createWorld();
      const steps: string[] = [];
      client.onSnapshotRequired(async (told) => {
        steps.push(`begin ${told}`);
        await Promise.resolve();
        steps.push('end');
      });
      client.on('turn.queued', ({ payload }) => steps.push(payload.turn_id));
      await client.connect();
      gateway.options = { recovery: () => ({ outcome: 'snapshot_required', reason: reason as 'trimmed' }) };
      gateway.last.emit('turn.queued', turn(1));
      await settled();
      gateway.last.close(1006);
      await clock.advance(500);
      gateway.last.emit('turn.queued', turn(2));
      await settled();

      expect(steps).toEqual([uuid(1), `begin ${reason}`, 'end', uuid(2)]);
      expect(client.state).toMatchObject({ recovery: { outcome: 'snapshot_required', reason } });
    },
  );

  test('is told when the gateway starts afresh although it was asked to resume', async () => {
    const { client, gateway, clock } = await createWorld();
    const reasons: string[] = [];
    client.onSnapshotRequired((reason) => reasons.push(reason));
    await client.connect();
    gateway.options = { recovery: () => ({ outcome: 'fresh' }) };
    gateway.last.close(1006);
    await clock.advance(500);

    expect(reasons).toEqual(['unknown_cursor']);
  });

  test('that nobody handles is an error, where events are used at all [CL-8]', async () => {
    const { client, gateway, clock, errors } = await createOpenWorld({ mayReportErrors: true });
    gateway.options = { recovery: () => ({ outcome: 'snapshot_required', reason: 'trimmed' }) };
    gateway.last.close(1006);
    await clock.advance(500);
    expect(errors).toEqual([]);

    collect(client);
    gateway.last.close(1006);
    await clock.advance(2_000);
    expect(errors).toEqual([expect.stringContaining('events were missed (trimmed)')]);
  });

  test('does not come twice when the connection dies while the application reads afresh', async () => {
    const { client, gateway, clock } = await createWorld();
    const reasons: string[] = [];
    let finish = () => {};
    client.onSnapshotRequired((reason) => {
      reasons.push(reason);
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const seen = collect(client);
    await client.connect();
    gateway.options = {
      recovery: (resume) =>
        resume === 'c.0' ? { outcome: 'snapshot_required', reason: 'trimmed' } : { outcome: 'resumed' },
    };
    gateway.last.close(1006);
    await settled();
    gateway.connections[0]?.emit('turn.queued', turn(1));
    await clock.advance(500);
    gateway.last.close(1006);
    await settled();
    gateway.connections[0]?.emit('turn.queued', turn(2));
    await clock.advance(2_000);
    finish();
    await clock.advance(100);

    expect(reasons).toEqual(['trimmed']);
    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.1' });
    expect(seen).toEqual([uuid(2)]);
  });
});

describe('a gap at revision 2', () => {
  test('is told at revision 2 after every reconnect, for nothing can be resumed there', async () => {
    const { client, gateway, clock } = await createWorld({ revisions: [2] });
    const reasons: string[] = [];
    client.onSnapshotRequired((reason) => reasons.push(reason));
    await client.connect();
    expect(reasons).toEqual([]);
    gateway.last.close(1006);
    await clock.advance(500);

    expect(reasons).toEqual(['not_resumable']);
  });

  test('is told before what came after it at revision 2, although that connection is gone too [CL-8]', async () => {
    const { client, gateway, clock } = await createOpenWorld({ revisions: [2] });
    const { steps, finish } = workedOn(client);
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    gateway.last.close(1006);
    finish();
    await settled();
    finish();

    expect(steps).toEqual([uuid(1), 'not_resumable', uuid(2)]);
  });

  test('that waits behind the application keeps a later connection from going back to before it', async () => {
    const { client, gateway, clock } = await createOpenWorld({ revisions: [2, 3] });
    const { steps, finish } = workedOn(client);
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    gateway.options = { revisions: [2] };
    gateway.last.close(1006);
    await clock.advance(500);
    expect(client.state).toMatchObject({ status: 'stopped', mustChange: 'trust' });
    await client.trustGateway(undefined);
    await client.connect();
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    gateway.options = {};
    gateway.last.close(1006);
    await clock.advance(2_000);

    expect(gateway.last.offer.resume).toBeUndefined();
    finish();
    await settled();
    finish();
    await settled();
    expect(steps).toEqual([uuid(1), 'not_resumable', uuid(2), 'not_resumable']);
  });
});

describe.each(ENTRIES)('more events than the application takes ($entry)', ({ createWorld }) => {
  test('stay with the gateway, by its credit [FC-6]', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { limits: { event_window: 4 } } });
    client.on('turn.queued', () => new Promise(() => {}));
    await client.connect();
    for (let count = 1; count <= 4; count += 1) gateway.last.emit('turn.queued', turn(count));
    await clock.advance(1_000);

    expect(gateway.last.acks).toEqual([]);
  });
});

describe('more events than the application takes, without credit', () => {
  test('lose the ephemeral ones first, and then the connection', async () => {
    const { client, gateway, clock, errors } = await createWorld({
      revisions: [2],
      limits: { maxQueuedEvents: 20 },
      mayReportErrors: true,
    });
    client.on('turn.queued', () => new Promise(() => {}));
    await client.connect();
    const limit = 2 * 1_024;
    gateway.last.emit('turn.queued', turn(1));
    for (let count = 0; count < 3 * limit; count += 1)
      gateway.last.emitLive('typing.started', { conversation_id: 'conv_1' });
    await settled();
    expect(client.state.status).toBe('open');
    for (let count = 0; count < limit; count += 1) gateway.last.emit('turn.queued', turn(count));
    await clock.advance(0);

    expect(client.state).toMatchObject({ status: 'waiting', reason: { code: 'overflow' } });
    expect(errors).toEqual([]);
  });
});

/** What an application is given, in order: snapshots, and queued turns, each of which it works on until it is told to finish. */
function workedOn(client: Pick<Client, 'on' | 'onSnapshotRequired'>) {
  const steps: string[] = [];
  let end = () => {};
  client.onSnapshotRequired((reason) => steps.push(reason));
  client.on('turn.queued', async ({ payload }) => {
    steps.push(payload.turn_id);
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  return { steps, finish: () => end() };
}
