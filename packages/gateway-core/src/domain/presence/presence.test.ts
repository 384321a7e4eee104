import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createDomainWorld, type DomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';
import type { FakePeer } from '../test-support/fake-peer.ts';

const MINUTE = 60_000;
const desk = deviceIdOf('desk');
const atTheDesk = { deviceId: desk, role: 'client' } as const;

const listed = async (world: DomainWorld, tenant = 'acme') =>
  (await world.call('presence.list', {}, { tenant })).entries;
const idsIn = async (world: DomainWorld, tenant?: string) =>
  (await listed(world, tenant)).map(({ instance_id }) => instance_id);
const news = (world: DomainWorld) => world.live.filter(({ type }) => type.startsWith('presence.'));
const wireNow = (world: DomainWorld) => new Date(world.clock.now()).toISOString();

describe('a beacon', () => {
  it('tells everyone that somebody is there, and as what', async () => {
    const world = await createDomainWorld();

    const { entry } = await world.call('presence.beacon', { mode: 'cli', host: 'desk', version: '1.2.3' }, atTheDesk);

    expect(entry).toEqual({
      instance_id: `client/${desk}`,
      role: 'client',
      mode: 'cli',
      host: 'desk',
      version: '1.2.3',
      last_seen_at: wireNow(world),
      reason: 'periodic',
    });
    expect(await listed(world)).toEqual([entry]);
    expect(news(world)).toEqual([{ tenant: 'acme', type: 'presence.upserted', payload: { entry } }]);
  });

  it('adds to what was said before, and each tenant sees its own', async () => {
    const world = await createDomainWorld();
    await world.call('presence.beacon', { host: 'desk', mode: 'cli' }, atTheDesk);
    world.clock.advance(1000);

    const { entry } = await world.call('presence.beacon', { last_input_seconds: 7, mode: 'ui' }, atTheDesk);

    expect(entry).toMatchObject({ host: 'desk', mode: 'ui', last_input_seconds: 7, last_seen_at: wireNow(world) });
    expect(await listed(world)).toEqual([entry]);
    expect(await listed(world, 'other')).toEqual([]);
  });

  it('of a device that is a client and a node tells of two', async () => {
    const world = await createDomainWorld();
    await world.call('presence.beacon', {}, atTheDesk);
    world.clock.advance(1);

    await world.call('presence.beacon', {}, { ...atTheDesk, role: 'node' });

    expect(await idsIn(world)).toEqual([`node/${desk}`, `client/${desk}`]);
  });

  it('is refused with more metadata than a list can carry [ER-3]', async () => {
    const world = await createDomainWorld();

    const refused = await refusal(world.call('presence.beacon', { metadata: { note: 'x'.repeat(16_384) } }));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload', 'metadata'] }] } });
    expect(await listed(world)).toEqual([]);
  });

  it('stays with the gateway when it crashes', async () => {
    const world = await createDomainWorld();
    const { entry } = await world.call('presence.beacon', { host: 'desk' }, atTheDesk);

    const next = await world.crash();

    expect(await listed(next)).toEqual([entry]);
  });
});

describe('who is there', () => {
  it('is known of everyone who connects, without a beacon [PR-1]', async () => {
    const world = await createDomainWorld();

    await world.open({ name: 'desk', role: 'client' });
    world.clock.advance(1);
    await world.open({ name: 'drill', role: 'node' });

    expect(await listed(world)).toMatchObject([
      { instance_id: `node/${deviceIdOf('drill')}`, role: 'node', reason: 'node-connected' },
      { instance_id: `client/${desk}`, role: 'client', reason: 'connect' },
    ]);
    expect(news(world).map(({ type }) => type)).toEqual(['presence.upserted', 'presence.upserted']);
  });

  it('is read in pages, the one that was seen last first', async () => {
    const world = await createDomainWorld();
    for (const name of ['a', 'b', 'c']) {
      await world.call('presence.beacon', { host: name }, { ...atTheDesk, deviceId: deviceIdOf(name) });
      world.clock.advance(1);
    }

    const first = await world.call('presence.list', { limit: 2 });
    const second = await world.call('presence.list', { limit: 2, cursor: first.next_cursor as string });

    expect(first.entries.map(({ host }) => host)).toEqual(['c', 'b']);
    expect(second).toMatchObject({ entries: [{ host: 'a' }], next_cursor: null });
  });

  it('ends for who has gone and says nothing, five minutes later, and is told [PR-1]', async () => {
    const world = await createDomainWorld();
    await world.call('presence.beacon', {}, atTheDesk);

    await world.pass(4 * MINUTE, MINUTE);
    const before = await idsIn(world);
    await world.pass(2 * MINUTE, MINUTE);

    expect(before).toEqual([`client/${desk}`]);
    expect(await idsIn(world)).toEqual([]);
    expect(news(world).at(-1)).toEqual({
      tenant: 'acme',
      type: 'presence.pruned',
      payload: { instance_id: `client/${desk}` },
    });
  });

  it('does not end for who stays connected, however silent, and ends after they have left', async () => {
    const world = await createDomainWorld();
    const peer = await world.open({ name: 'desk', role: 'client' });

    await world.pass(60 * MINUTE, MINUTE);
    const silent = await idsIn(world);
    world.lose(peer);
    await world.pass(4 * MINUTE, MINUTE);
    await world.pass(3 * MINUTE, MINUTE);

    expect(silent).toEqual([`client/${desk}`]);
    expect(await idsIn(world)).toEqual([]);
    expect(news(world).map(({ type }) => type)).toEqual(['presence.upserted', 'presence.pruned']);
  });

  it('ends also for those whom a crashed gateway knew [PR-1]', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'desk', role: 'client' });

    const next = await world.crash();
    await next.pass(6 * MINUTE, MINUTE);

    expect(await idsIn(next)).toEqual([]);
  });

  it('ends for hundreds at once', async () => {
    const world = await createDomainWorld();
    for (let count = 0; count < 300; count += 1) {
      await world.call('presence.beacon', {}, { ...atTheDesk, deviceId: deviceIdOf(`desk ${count}`) });
    }

    await world.pass(6 * MINUTE, MINUTE);

    expect(await idsIn(world)).toEqual([]);
    expect(news(world).filter(({ type }) => type === 'presence.pruned')).toHaveLength(300);
  });

  it('is told at a rate that bounds deliveries, however many are connected, and listed whole', async () => {
    const world = await createDomainWorld();
    const names = Array.from({ length: 100 }, (_, count) => `desk ${count}`);
    for (const name of names) await world.open({ name, role: 'client' });
    await world.pass(MINUTE, MINUTE / 60);
    const before = news(world).length;

    for (let round = 0; round < 3; round += 1) {
      for (const name of names) {
        await world.call('presence.beacon', {}, { ...atTheDesk, deviceId: deviceIdOf(name) });
      }
    }

    expect([before, news(world).length - before]).toEqual([100, 200]);
    expect((await world.call('presence.list', { limit: 200 })).entries).toHaveLength(100);
  });

  it('is told as often where every transaction runs twice', async () => {
    let runs = 0;
    const runAgain = () => {
      runs += 1;
      return runs % 2 === 1;
    };
    const world = await createDomainWorld({ store: createMemoryStore({ faults: { runAgain } }) });
    const name = 'desk';
    await world.open({ name, role: 'client' });
    world.services.peers.count = () => 10_000;

    for (let round = 0; round < 3; round += 1) {
      await world.call('presence.beacon', {}, { ...atTheDesk, deviceId: deviceIdOf(name) });
    }

    // One when it connected, and two that use up all that may be delivered at once.
    expect(news(world)).toHaveLength(2);
  });

  it('is told of no more than deliveries allow when hundreds leave hundreds, and all of them go off the list', async () => {
    const world = await createDomainWorld();
    const leaving: FakePeer[] = [];
    for (let count = 0; count < 300; count += 1) {
      const peer = await world.open({ name: `desk ${count}`, role: 'client' });
      if (count % 2 === 0) leaving.push(peer);
    }
    for (const peer of leaving) world.lose(peer);

    await world.pass(6 * MINUTE, MINUTE);

    expect((await world.call('presence.list', { limit: 200 })).entries).toHaveLength(150);
    expect(news(world).filter(({ type }) => type === 'presence.pruned')).toHaveLength(Math.floor(20_000 / 150));
  });

  it('is told to a tenant with more connections than are told at once, now and then', async () => {
    const world = await createDomainWorld();
    world.services.peers.count = () => 1_000_000;

    const beacons = async () => {
      for (const name of ['a', 'b']) {
        await world.call('presence.beacon', {}, { ...atTheDesk, deviceId: deviceIdOf(name) });
      }
    };
    await beacons();
    world.clock.advance(4000);
    await beacons();

    expect(news(world)).toHaveLength(2);
  });
});
