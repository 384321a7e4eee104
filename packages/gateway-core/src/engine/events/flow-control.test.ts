import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const ids = (peer: RawPeer) => peer.events('note.written').map(({ payload }) => payload?.id);
const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `n${from + at}`);

describe('a frame after the handshake', () => {
  it.each([2, 3] as const)(
    'over max_frame_bytes closes with 4009 at revision %i, and one of just that is read [FC-1] [FC-5]',
    async (revision) => {
      const world = await createWorld({ limits: { max_frame_bytes: 20_000 } });
      const peer = await world.connect({ revision });
      const ping = JSON.stringify({ request_id: 'p', type: 'ping', payload: {} });

      peer.sendText(ping.padEnd(20_000));
      await settle();
      expect(peer.responses('p')).toHaveLength(1);
      peer.sendText(ping.padEnd(20_001));

      expect(peer.closeCode).toBe(4009);
    },
  );

  it('is measured in bytes, before it is decoded [FC-1] [FC-4]', async () => {
    const world = await createWorld({ limits: { max_frame_bytes: 20_000 } });
    const peer = await world.connect();

    peer.sendText('é'.repeat(10_001));

    expect(peer.closeCode).toBe(4009);
    expect(peer.events('error')).toEqual([]);
  });
});

describe('requests in flight', () => {
  /** A gateway where lamps are switched when the test says so. */
  async function withLamps(max_in_flight: number) {
    const running: (() => void)[] = [];
    const world = await createWorld({
      limits: { max_in_flight },
      handlers: {
        'lamp.switch': () => new Promise((resolve) => running.push(() => resolve({ lit: true }))),
      },
    });
    return { world, running, peer: await world.connect() };
  }

  it('stop the reading of their connection at max_in_flight, until one has ended [FC-2] [FC-5]', async () => {
    const { running, peer } = await withLamps(3);

    for (let sent = 0; sent < 10; sent += 1) peer.ask('lamp.switch', { lamp: `${sent}` });
    await settle();
    expect([running.length, peer.channel.paused, peer.channel.unread]).toEqual([3, true, 7]);
    running[0]?.();
    await settle();
    expect([running.length, peer.channel.paused, peer.channel.unread]).toEqual([4, true, 6]);
    for (let at = 1; at < 10; at += 1) {
      running[at]?.();
      await settle();
    }

    expect(peer.frames.filter(({ ok }) => ok)).toHaveLength(12);
    expect(peer.channel.paused).toBe(false);
  });

  it('are never more than that also when a transport brings what it had already read [FC-2] [FC-4]', async () => {
    const { running, peer } = await withLamps(3);
    const { connection } = peer;

    for (let sent = 0; sent < 10; sent += 1) {
      connection.receive(JSON.stringify({ request_id: `x${sent}`, type: 'lamp.switch', payload: { lamp: `${sent}` } }));
    }
    await settle();
    expect(running).toHaveLength(3);
    while (running.length > 0) {
      running.shift()?.();
      await settle();
      expect(running.length).toBeLessThanOrEqual(3);
    }

    expect(
      peer.frames.filter(({ ok, type }) => ok && type === 'lamp.switch').map(({ request_id }) => request_id),
    ).toEqual(Array.from({ length: 10 }, (_, at) => `x${at}`));
  });

  it('of one connection do not hold up another [FC-2] [FC-8]', async () => {
    const { world, peer } = await withLamps(1);
    peer.ask('lamp.switch', { lamp: 'a' });
    await settle();

    const other = await world.connect({ device: peer.device });

    expect((await world.ask(other, 'ping', {})).ok).toBe(true);
  });
});

describe('the rate of a device', () => {
  it('is its burst and then so many a second; beyond it the answer says when to come back [FC-3]', async () => {
    const world = await createWorld({ limits: { requests_per_second: 10, request_burst: 20 } });
    const peer = await world.connect();

    for (let sent = 0; sent < 21; sent += 1) peer.ask('ping', {});
    await settle();
    const refused = peer.frames.filter(({ ok }) => ok === false);
    expect(refused.map(({ error }) => error)).toEqual([
      { code: 'rate_limited', message: expect.any(String), retryable: true, retry_after_ms: 100 },
    ]);
    world.clock.advance(99);
    expect((await world.ask(peer, 'ping', {})).error?.retry_after_ms).toBe(1);
    world.clock.advance(1);

    expect((await world.ask(peer, 'ping', {})).ok).toBe(true);
  });

  it('is one for all its connections, and none of another device or tenant [FC-3]', async () => {
    const world = await createWorld({ limits: { requests_per_second: 1, request_burst: 2 } });
    const peer = await world.connect();
    const twin = await world.connect({ device: peer.device });
    const other = await world.connect();
    const foreign = await world.connect({ device: peer.device, grant: { tenant: 'other' } });

    await world.ask(peer, 'ping', {});
    await world.ask(twin, 'ping', {});

    expect((await world.ask(peer, 'ping', {})).error?.code).toBe('rate_limited');
    expect((await world.ask(await world.connect({ device: peer.device }), 'ping', {})).error?.code).toBe(
      'rate_limited',
    );
    expect((await world.ask(other, 'ping', {})).ok).toBe(true);
    expect((await world.ask(foreign, 'ping', {})).ok).toBe(true);
  });

  it('counts what does not fit, too, and is told at revision 2 by the code alone [FC-3] [FR-12]', async () => {
    const world = await createWorld({ limits: { requests_per_second: 1, request_burst: 1 } });
    const peer = await world.connect({ revision: 2 });

    peer.send({ request_id: 'a', type: 'ping' });
    peer.send({ request_id: 'b', type: 'ping' });
    const third = await world.ask(peer, 'no.such', {});

    expect(peer.frames.slice(2).map(({ error }) => error?.code)).toEqual([
      'contract_error',
      'rate_limited',
      'rate_limited',
    ]);
    expect(Object.keys(third.error ?? {})).toEqual(['code', 'message']);
  });
});

describe('a peer that does not read', () => {
  it('gets no more than the high-water mark and one frame, and everything once it reads, without a gap [FC-7]', async () => {
    const world = await createWorld({
      limits: { high_water_bytes: 10_000, event_window: 100_000, stall_ms: 3_600_000 },
    });
    const peer = await world.connect();
    peer.channel.stall();

    for (let round = 0; round < 60; round += 1) await world.appendNotes(round * 50 + 1, round * 50 + 50);
    expect(peer.channel.bufferedBytes).toBeLessThan(11_000);
    expect(ids(peer)).toEqual([]);
    peer.channel.read();
    await settle();

    expect(ids(peer)).toEqual(names(1, 3_000));
    const chain = peer.events('note.written');
    expect(chain.every(({ prev }, at) => at === 0 || prev === chain[at - 1]?.cursor)).toBe(true);
  });

  it('is not read either: its requests wait in its own socket [FC-2] [FC-4]', async () => {
    const world = await createWorld({ limits: { high_water_bytes: 2_000, stall_ms: 3_600_000 } });
    const peer = await world.connect();
    peer.channel.stall();

    for (let sent = 0; sent < 1_000; sent += 1) peer.ask('ping', {});
    for (let sent = 0; sent < 1_000; sent += 1) peer.send({ request_id: `m${sent}`, type: 'ping' });
    await settle();
    expect(peer.channel.bufferedBytes).toBeLessThan(20_000);
    expect(peer.channel.unread).toBeGreaterThan(1_500);
    while (peer.channel.bufferedBytes > 0) {
      peer.channel.read();
      await settle();
      peer.channel.stall();
    }

    expect(peer.frames).toHaveLength(2_002);
  });

  it('loses ephemeral events and no durable ones [FC-7]', async () => {
    const world = await createWorld({ limits: { high_water_bytes: 1_000, stall_ms: 3_600_000 } });
    const writer = await world.connect();
    const peer = await world.connect();
    peer.channel.stall();

    for (let round = 0; round < 50; round += 1) await world.ask(writer, 'note.write', { id: `n${round}`, text: 'x' });
    peer.channel.read();
    await settle();

    expect(peer.events('note.written')).toHaveLength(50);
    expect(peer.events('note.typed').length).toBeLessThan(10);
  });

  it('does not delay the events or the responses of another [FC-8]', async () => {
    const world = await createWorld({ limits: { high_water_bytes: 1_000, stall_ms: 3_600_000 } });
    const stalled = [];
    for (let at = 0; at < 5; at += 1) {
      const peer = await world.connect();
      peer.channel.stall();
      stalled.push(peer);
    }
    const peer = await world.connect();

    for (let round = 1; round <= 100; round += 1) {
      expect((await world.ask(peer, 'note.write', { id: `n${round}`, text: 'x' })).ok).toBe(true);
      expect(ids(peer)).toHaveLength(round);
    }

    expect(stalled.map(({ closeCode }) => closeCode)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('is closed with 1013 after stall_ms, not before, and not much later [FC-9]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    peer.channel.stall();
    await world.appendNotes(1, 1);

    world.clock.advance(59_999);
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(15_001);

    expect(peer.closeCode).toBe(1013);
  });

  it('is not closed for being slow: one event every 50 s is enough [FC-9]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    peer.channel.stall();
    await world.appendNotes(1, 100);

    for (let round = 1; round <= 90; round += 1) {
      world.clock.advance(50_000);
      peer.channel.read(1);
    }
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(75_000);

    expect(peer.closeCode).toBe(1013);
  });

  it('is not closed when there is nothing for it to read [FC-9]', async () => {
    const world = await createWorld({ limits: { heartbeat_ms: 86_400_000 } });
    const peer = await world.connect();
    peer.channel.stall();

    world.clock.advance(3_600_000);

    expect(peer.closeCode).toBeUndefined();
  });
});
