import { describe, expect, test } from 'vitest';
import { uuid } from '../../test/fake-gateway.ts';
import { ENTRIES, settled } from '../../test/world.ts';

const turn = (number: number) => ({ turn_id: uuid(number) });

describe.each(ENTRIES)('the iterator of events ($entry)', ({ createWorld, createOpenWorld }) => {
  test('starts the client, and gives every event from the call on, in order', async () => {
    const { client, gateway } = await createWorld();
    const events = client.events({ types: ['turn.queued', 'turn.started'] });
    await client.connect();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.completed', turn(1));
    gateway.last.emit('turn.started', turn(2));
    const seen: string[] = [];
    for await (const event of events) {
      seen.push(`${event.type} ${event.payload.turn_id}`);
      if (seen.length === 2) break;
    }

    expect(seen).toEqual([`turn.queued ${uuid(1)}`, `turn.started ${uuid(2)}`]);
  });

  test('holds the acknowledgement until its consumer comes back for the next [CL-7]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const events = client.events();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual([]);

    await events.next();
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual([]);
    await events.next();
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual(['c.1']);
    await events.return?.();
    await clock.advance(1_000);
    expect(gateway.last.acks).toEqual(['c.1', 'c.2']);
  });

  test('holds up to a window of events, so that a slow consumer costs no more', async () => {
    const { client, gateway, clock } = await createOpenWorld({ gatewayOptions: { limits: { event_window: 4 } } });
    const events = client.events();
    const handled: string[] = [];
    client.on('turn.queued', ({ payload }) => handled.push(payload.turn_id));
    for (let count = 1; count <= 6; count += 1) gateway.last.emit('turn.queued', turn(count));
    await clock.advance(1_000);
    expect(handled).toHaveLength(4);
    expect(gateway.last.acks).toEqual([]);

    await events.next();
    await events.next();
    await clock.advance(1_000);
    expect(handled).toHaveLength(5);
    await events.return?.();
    await clock.advance(1_000);
    expect(handled).toHaveLength(6);
    expect(gateway.last.acks.at(-1)).toBe('c.6');
  });

  test('gets an event once that came again while its consumer worked on it [CL-5]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const events = client.events();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    const first = await events.next();
    gateway.last.close(1006);
    await clock.advance(500);
    const second = await events.next();
    expect([first, second].map(({ value }) => value.payload)).toEqual([turn(1), turn(2)]);
    const third = events.next();
    await clock.advance(1_000);

    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.0' });
    expect(gateway.last.acks).toEqual(['c.2']);
    await client.close();
    expect(await third).toEqual({ done: true, value: undefined });
  });

  test('ends when the client is closed, and what was not consumed is not acknowledged', async () => {
    const { client, gateway } = await createOpenWorld();
    const events = client.events();
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    const loop = (async () => {
      for await (const _ of events) await client.close();
    })();
    await loop;

    expect(gateway.last.acks).toEqual([]);
    expect(await client.events().next()).toEqual({ done: true, value: undefined });
  });

  test('throws the reason when the client stops, now or before', async () => {
    const { client, gateway } = await createOpenWorld();
    const waiting = client.events().next();
    const failure = waiting.catch((error: unknown) => error);
    gateway.last.close('device_mismatch');

    expect(await failure).toMatchObject({ code: 'refused', mustChange: 'token' });
    await expect(client.events().next()).rejects.toMatchObject({ code: 'refused' });
  });

  test('gets what a stop kept from being consumed once the client begins anew', async () => {
    const { client, gateway } = await createOpenWorld();
    const events = client.events();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    await events.next();
    gateway.last.close('device_mismatch');
    await settled();
    const again = client.connect();
    const next = client.events();
    await again;

    expect([await next.next(), await next.next()].map(({ value }) => value.payload)).toEqual([turn(1), turn(2)]);
  });

  test('does not get again what it had done with before the client begins anew', async () => {
    const { client, gateway } = await createOpenWorld();
    const events = client.events();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();
    await events.next();
    gateway.last.close('device_mismatch');
    await settled();
    await expect(events.next()).rejects.toMatchObject({ code: 'refused' });
    const again = client.connect();
    const next = client.events();
    await again;

    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.1' });
    expect((await next.next()).value.payload).toEqual(turn(2));
  });

  test('answers several that ask at once in their order', async () => {
    const { client, gateway } = await createOpenWorld();
    const events = client.events();
    const asked = [events.next(), events.next()];
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));

    expect((await Promise.all(asked)).map(({ value }) => value.payload)).toEqual([turn(1), turn(2)]);
  });
});
