import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

describe('the heartbeat', () => {
  it('pings every heartbeat_ms, and a peer that answers stays for ever [LV-1] [FC-5]', async () => {
    const world = await createWorld({ limits: { heartbeat_ms: 1_000 } });
    const peer = await world.connect();

    world.clock.advance(600_500);

    expect(peer.channel.pings).toBe(600);
    expect(peer.closeCode).toBeUndefined();
  });

  it.each([2, 3] as const)(
    'drops a connection at revision %i when two pings in a row were not answered, not before [LV-1]',
    async (revision) => {
      const world = await createWorld();
      const peer = await world.connect({ revision });
      peer.channel.mute = true;

      world.clock.advance(44_999);
      expect(peer.closeCode).toBeUndefined();
      world.clock.advance(1);

      expect(peer.channel.pings).toBe(2);
      expect(peer.closeCode).toBe(1001);
      expect(world.gateway.held().peers).toBe(0);
    },
  );

  it('takes one answer in two for a sign of life, and so any frame [LV-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const talker = await world.connect();
    peer.channel.mute = true;
    talker.channel.mute = true;

    for (let beat = 1; beat <= 40; beat += 1) {
      world.clock.advance(15_000);
      if (beat % 2 === 0) peer.connection.alive();
      if (beat % 2 === 0) talker.sendText('not even JSON');
    }

    expect([peer.closeCode, talker.closeCode]).toEqual([undefined, undefined]);
  });

  it('does not judge a peer that this side keeps from being read, nor right after it is read again [LV-1] [FC-2]', async () => {
    const running: (() => void)[] = [];
    const world = await createWorld({
      limits: { max_in_flight: 1 },
      handlers: { 'lamp.switch': () => new Promise((resolve) => running.push(() => resolve({ lit: true }))) },
    });
    const peer = await world.connect();
    world.clock.advance(15_000);
    peer.ask('lamp.switch', { lamp: 'a' });
    await settle();
    expect(peer.channel.paused).toBe(true);

    world.clock.advance(15_000 * 20 - 1);
    running[0]?.();
    await settle();
    peer.channel.mute = true;
    world.clock.advance(15_000 + 1);
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(45_000);

    expect(peer.closeCode).toBe(1001);
  });

  it('does not judge a peer that has much to read first: that is slow, and not gone [LV-1] [FC-9]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    peer.channel.stall();
    await world.appendNotes(1, 40);

    for (let round = 0; round < 30; round += 1) {
      world.clock.advance(50_000);
      peer.channel.read(1);
    }

    expect(peer.closeCode).toBeUndefined();
  });

  it('stops with the connection', async () => {
    const world = await createWorld();
    const timers = world.clock.waiting;
    const peer = await world.connect();
    peer.channel.lose();

    world.clock.advance(60_000);
    await settle();

    expect(peer.channel.pings).toBe(0);
    expect(world.clock.waiting).toBe(timers);
  });
});

describe('the request ping', () => {
  it.each([
    [2, 'client'],
    [2, 'node'],
    [3, 'client'],
    [3, 'node'],
  ] as const)('is answered ok at revision %i to a %s, whatever its scopes [LV-3]', async (revision, role) => {
    const world = await createWorld();
    const peer = await world.connect({ revision, role, grant: { scopes: [] } });

    expect(await world.ask(peer, 'ping', {})).toEqual({ request_id: 'r-1', type: 'ping', ok: true });
  });
});

describe('a stopping gateway', () => {
  it('tells every open revision 3 peer when to come back, each another time, and no revision 2 peer [LV-4]', async () => {
    const world = await createWorld();
    const peers = [];
    for (let at = 0; at < 25; at += 1) peers.push(await world.connect(at % 2 === 0 ? { role: 'node' } : {}));
    const old = await world.connect({ revision: 2 });
    let goOn = () => {};
    void world.gateway.transact(
      'acme',
      () =>
        new Promise<void>((resolve) => {
          goOn = resolve;
        }),
    );

    void world.gateway.drain();
    goOn();
    await settle();

    const delays = peers.map((peer) =>
      peer.events('gateway.draining').map(({ payload }) => payload?.reconnect_after_ms),
    );
    expect(
      delays.every(([delay]) => Number.isInteger(delay) && (delay as number) >= 0 && (delay as number) < 2_100),
    ).toBe(true);
    expect(new Set(delays.flat()).size).toBe(25);
    expect(delays.flat()).toHaveLength(25);
    expect(old.events()).toEqual([]);
  });

  it('refuses new work with unavailable, and still answers what is no work [LV-5] [RQ-1]', async () => {
    let goOn = () => {};
    const world = await createWorld({
      handlers: {
        'lamp.switch': () =>
          new Promise((resolve) => {
            goOn = () => resolve({ lit: true });
          }),
      },
    });
    const peer = await world.connect();
    const running = peer.ask('lamp.switch', { lamp: 'a' });
    await world.appendNotes(1, 1);
    const { cursor } = peer.events('note.written')[0] ?? {};
    const drained = world.gateway.drain();
    expect(world.gateway.draining).toBe(true);

    expect((await world.ask(peer, 'note.write', { id: 'a', text: 'x' })).error).toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('unavailable');
    expect((await world.ask(peer, 'no.such', {})).error?.code).toBe('unsupported_operation');
    expect((await world.ask(peer, 'ping', {})).ok).toBe(true);
    expect((await world.ask(peer, 'events.ack', { cursor })).ok).toBe(true);
    expect((await world.ask(peer, 'request.status', { type: 'lamp.switch', request_id: running })).result).toEqual({
      status: 'executing',
    });
    expect(peer.closeCode).toBeUndefined();
    goOn();
    await drained;

    expect(peer.responses(running)[0]).toMatchObject({ ok: true, result: { lit: true } });
    expect(peer.closeCode).toBe(1012);
  });

  it('lets what runs finish, sends its response, and then closes with 1012 [LV-6] [RQ-1]', async () => {
    let hang: Promise<void> | undefined;
    let goOn = () => {};
    const world = await createWorld({ faults: { beforeCommit: () => hang } });
    const peer = await world.connect();
    const idle = await world.connect({ revision: 2 });
    hang = new Promise((resolve) => {
      goOn = resolve;
    });
    const running = peer.ask('note.write', { id: 'a', text: 'x' });

    const drained = world.gateway.drain();
    await settle();
    world.clock.advance(9_000);
    expect([peer.closeCode, idle.closeCode]).toEqual([undefined, undefined]);
    hang = undefined;
    goOn();
    await drained;

    expect(peer.responses(running)[0]?.ok).toBe(true);
    expect([peer.closeCode, idle.closeCode]).toEqual([1012, 1012]);
  });

  it('closes with 1012 after 10 s also when something still runs [LV-6]', async () => {
    const world = await createWorld({ handlers: { 'lamp.switch': () => new Promise(() => {}) } });
    const peer = await world.connect();
    peer.ask('lamp.switch', { lamp: 'a' });
    await settle();

    const drained = world.gateway.drain();
    world.clock.advance(9_999);
    await settle();
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(1);
    await drained;

    expect(peer.closeCode).toBe(1012);
  });

  it('closes at once with 1012 who has not finished its handshake, and who comes [LV-6] [LV-4]', async () => {
    const world = await createWorld({ handlers: { 'lamp.switch': () => new Promise(() => {}) } });
    const peer = await world.connect();
    peer.ask('lamp.switch', { lamp: 'a' });
    const upgrading = world.dial();
    const initialised = world.dial();
    initialised.introduce();
    await settle();
    const proving = world.dial();
    proving.introduce();
    await settle();
    proving.prove();

    void world.gateway.drain();
    const late = world.dial();
    await settle();
    late.introduce();
    await settle();

    expect([upgrading, initialised, proving, late].map(({ closeCode }) => closeCode)).toEqual([1012, 1012, 1012, 1012]);
    expect([late.frames, peer.closeCode]).toEqual([[], undefined]);
    expect(world.gateway.held()).toEqual({ connections: 1, peers: 1, watchedTokens: 1, tenantLogs: 1 });
  });

  it('tells also a peer that has just opened and is still being greeted [LV-4]', async () => {
    const world = await createWorld({ greet: () => new Promise(() => {}) });
    const peer = world.dial();
    peer.introduce();
    await settle();
    peer.prove();
    await settle();

    await world.gateway.drain();

    expect(peer.events().map(({ type }) => type)).toEqual(['gateway.draining']);
    expect(peer.closeCode).toBe(1012);
  });

  it('stops once, however often it is told, and leaves nothing behind: no timer, no listener, no domain', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.connect({ role: 'node', grant: { expiresAt: world.clock.now() + 100_000 } });

    const closing = [world.gateway.close(), world.gateway.drain(), world.gateway.close()];
    await Promise.all(closing);

    expect(peer.events('gateway.draining')).toHaveLength(1);
    expect(world.domain.stopped).toBe(true);
    expect(world.clock.waiting).toBe(0);
    await world.store.transact((tx) =>
      tx.log.append('acme', { eventId: 'e', type: 'note.written', occurredAt: 1, payload: '{}' }),
    );
    expect(peer.events('note.written')).toEqual([]);
  });
});
