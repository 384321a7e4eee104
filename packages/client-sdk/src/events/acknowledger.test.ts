import { describe, expect, test } from 'vitest';
import { uuid } from '../../test/fake-gateway.ts';
import { createOpenWorld, ENTRIES, settled } from '../../test/world.ts';
import { type ClientStorage, createMemoryStorage } from '../index.ts';

const turn = (number: number) => ({ turn_id: uuid(number) });

describe.each(ENTRIES)('acknowledgements ($entry)', ({ createWorld, createOpenWorld }) => {
  test('come after the handler is done, together for what came together [CL-7]', async () => {
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
    gateway.last.emit('turn.started', turn(1));
    const last = gateway.last.emit('turn.completed', turn(1));
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual([]);
    finish();
    await clock.advance(99);
    expect(gateway.last.acks).toEqual([]);
    await clock.advance(1);

    expect(gateway.last.acks).toEqual([last]);
  });

  test('do not wait for time when many events are processed', async () => {
    const { gateway } = await createOpenWorld();

    const cursors = Array.from({ length: 64 }, (_, at) => gateway.last.emit('turn.queued', turn(at)));
    await settled();

    expect(gateway.last.acks).toEqual([cursors.at(-1)]);
  });

  test.each([1, 2, 3, 10])('come before a window of %i is exhausted [FC-6]', async (window) => {
    const { gateway } = await createOpenWorld({ gatewayOptions: { limits: { event_window: window } } });

    for (let count = 0; count < window; count += 1) gateway.last.emit('turn.queued', turn(count));
    await settled();

    expect(gateway.last.acks.length).toBeGreaterThan(0);
  });

  test('are in flight one at a time', async () => {
    const { gateway, clock } = await createOpenWorld();
    gateway.last.silent = true;
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    gateway.last.emit('turn.queued', turn(2));
    await clock.advance(1_000);
    expect(gateway.last.acks).toHaveLength(1);

    const ack = JSON.parse(gateway.last.received.at(-1) ?? '');
    gateway.last.sendRaw(JSON.stringify({ request_id: ack.request_id, type: 'events.ack', ok: true }));
    await clock.advance(100);
    expect(gateway.last.acks).toEqual(['c.1', 'c.2']);
  });

  test('that the gateway refuses are reported', async () => {
    const { gateway, clock, errors } = await createOpenWorld({ mayReportErrors: true });
    gateway.last.silent = true;
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    const ack = JSON.parse(gateway.last.received.at(-1) ?? '');
    gateway.last.sendRaw(
      JSON.stringify({
        request_id: ack.request_id,
        type: 'events.ack',
        ok: false,
        error: { code: 'contract_error', message: 'not sent here' },
      }),
    );
    await settled();

    expect(errors).toEqual(['acknowledging events: not sent here']);
  });

  test('that the gateway cannot keep now are told again, or the window would stay full [FC-6]', async () => {
    const { gateway, clock } = await createOpenWorld({
      mayReportErrors: true,
      gatewayOptions: { limits: { event_window: 1 } },
    });
    gateway.last.silent = true;
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    const ack = JSON.parse(gateway.last.received.at(-1) ?? '');
    gateway.last.sendRaw(
      JSON.stringify({
        request_id: ack.request_id,
        type: 'events.ack',
        ok: false,
        error: { code: 'unavailable', message: 'the disk is full' },
      }),
    );
    await clock.advance(100);

    expect(gateway.last.acks).toEqual(['c.1', 'c.1']);
  });
});

describe('acknowledgements at revision 2', () => {
  test('are not sent at revision 2, which has none', async () => {
    const { gateway, clock } = await createOpenWorld({ revisions: [2] });
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(1_000);

    expect(gateway.last.received.map((text) => JSON.parse(text).type)).toEqual(['connect.init', 'connect.proof']);
  });
});

describe.each(ENTRIES)('the place in the events ($entry)', ({ createWorld, createOpenWorld }) => {
  test('is stored before it is acknowledged', async () => {
    const steps: string[] = [];
    const inner = createMemoryStorage();
    const storage: ClientStorage = {
      ...inner,
      async set(key, value) {
        await settled();
        if (key.endsWith('/cursor')) steps.push(`stored ${value}, acknowledged ${gateway.last.acks.length}`);
        await inner.set(key, value);
      },
    };
    const { gateway, clock } = await createOpenWorld({ storage });
    await clock.advance(200);
    gateway.last.emit('turn.queued', turn(1));
    for (let round = 0; round < 5; round += 1) await clock.advance(100);

    expect(steps).toEqual(['stored c.0, acknowledged 0', 'stored c.1, acknowledged 0']);
    expect(gateway.last.acks).toEqual(['c.1']);
  });

  test('is stored also while the gateway is slow to answer', async () => {
    const { gateway, clock, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    gateway.last.silent = true;
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    gateway.last.emit('turn.queued', turn(2));
    await clock.advance(100);
    expect(gateway.last.acks).toEqual(['c.1']);

    // The process dies here, without a word: only what the storage has is left.
    await restart().connect();
    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.2' });
  });

  test('is where the next process resumes', async () => {
    const { client, gateway, clock, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    await client.close();
    gateway.connections[0]?.emit('turn.queued', turn(2));

    const next = restart();
    const seen: string[] = [];
    next.on('turn.queued', ({ payload }) => seen.push(payload.turn_id));
    await next.connect();
    await settled();

    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.1' });
    expect(seen).toEqual([uuid(2)]);
  });

  test('is stored from the first connection on, before any event', async () => {
    const { client, gateway, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    await client.close();

    await restart().connect();

    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.0' });
  });

  test('is not behind an event whose handler has not returned when the process ends', async () => {
    const { client, gateway, clock, restart } = await createWorld({ storage: createMemoryStorage() });
    client.on('turn.started', () => new Promise(() => {}));
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.started', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await clock.advance(1_000);
    await client.close();

    const next = restart();
    const seen: string[] = [];
    for (const type of ['turn.queued', 'turn.started'] as const) next.on(type, (event) => seen.push(event.type));
    await next.connect();
    await settled();

    expect(seen).toEqual(['turn.started', 'turn.queued']);
  });

  test('is told to the gateway, and stored, before an orderly end', async () => {
    const { client, gateway, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    await client.close();
    expect(gateway.last.acks).toEqual(['c.1']);

    await restart().connect();
    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.1' });
  });

  test('is not acknowledged while it cannot be stored, which is reported and tried again', async () => {
    const inner = createMemoryStorage();
    let full = true;
    const { gateway, clock, errors } = await createOpenWorld({
      mayReportErrors: true,
      storage: {
        ...inner,
        set(key, value) {
          if (full && key.endsWith('/cursor')) throw new Error('disk full');
          return inner.set(key, value);
        },
      },
    });
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual([]);
    expect(errors[0]).toMatch(/storing the place in the events: storage: cannot write/);
    full = false;
    await clock.advance(200);

    expect(gateway.last.acks).toEqual(['c.1']);
  });

  test('is kept by the gateway for a client without storage that asks for it [EV-13]', async () => {
    const { client, gateway, clock, restart } = await createOpenWorld();
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    await client.close();
    gateway.connections[0]?.emit('turn.queued', turn(2));

    const next = restart({ resume: 'acked' });
    const seen: string[] = [];
    next.on('turn.queued', ({ payload }) => seen.push(payload.turn_id));
    await next.connect();
    await settled();
    expect(gateway.last.offer.resume).toEqual({ cursor: 'acked' });
    expect(seen).toEqual([uuid(2)]);

    // From here on it knows its place itself.
    gateway.last.close(1006);
    await clock.advance(500);
    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.2' });
  });

  test('moves past a gap only when the application has read afresh', async () => {
    const { client, gateway, clock, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);
    await client.close();
    gateway.connections[0]?.emit('turn.queued', turn(2));
    gateway.options = {
      recovery: (resume) =>
        resume === 'c.1' ? { outcome: 'snapshot_required', reason: 'trimmed' } : { outcome: 'resumed' },
    };

    const crashes = restart();
    crashes.onSnapshotRequired(() => new Promise(() => {}));
    await crashes.connect();
    await clock.advance(1_000);
    await crashes.close();
    const recovers = restart();
    recovers.onSnapshotRequired(() => {});
    await recovers.connect();
    await clock.advance(1_000);
    await recovers.close();
    await restart().connect();

    expect(gateway.connections.map(({ offer }) => offer.resume)).toEqual([
      undefined,
      { cursor: 'c.1' },
      { cursor: 'c.1' },
      { cursor: 'c.2' },
    ]);
  });
});
