import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { breakableStore, createDomainWorld, type DomainWorld, deviceIdOf } from '../test-support/domain-world.ts';

const PAUSE = 250;
const names = (count: number) => Array.from({ length: count }, (_, at) => `desk ${at}`);
const instances = (of: readonly string[]) => of.map((name) => `client/${deviceIdOf(name)}`).sort();
const connect = (world: DomainWorld, name: string) => world.open({ name, role: 'client' });

async function listed(world: DomainWorld): Promise<readonly string[]> {
  const { entries } = await world.call('presence.list', { limit: 200 });
  return entries.map(({ instance_id }) => instance_id).sort();
}

function told(world: DomainWorld): readonly unknown[] {
  const upserted = world.live.filter(({ type }) => type === 'presence.upserted');
  return upserted.map(({ payload }) => (payload as { entry: { instance_id: string } }).entry.instance_id).sort();
}

describe('peers that connect', () => {
  it('are told of at once when it is quiet, and together when many come', async () => {
    const world = await createDomainWorld();

    await connect(world, 'desk 0');
    const alone = told(world);
    for (const name of names(20).slice(1)) await connect(world, name);
    const early = told(world);
    await world.pass(PAUSE);

    expect([alone, early]).toEqual([instances(names(1)), instances(names(1))]);
    expect(told(world)).toEqual(instances(names(20)));
  });

  it('are written in few commits, however many there are', async () => {
    const commits: 'commit'[] = [];
    const store = createMemoryStore({ faults: { beforeCommit: () => void commits.push('commit') } });
    const world = await createDomainWorld({ store });
    const before = commits.length;

    for (const name of names(100)) await connect(world, name);
    await world.pass(PAUSE);

    expect(commits.length - before).toBe(2);
  });

  it('are all in the list of whoever asks, also before they are written, and told of once [PR-1]', async () => {
    const world = await createDomainWorld();
    for (const name of names(20)) await connect(world, name);

    expect(await listed(world)).toEqual(instances(names(20)));
    await world.pass(PAUSE);

    expect(await listed(world)).toEqual(instances(names(20)));
    expect(told(world)).toEqual(instances(names(20)));
  });

  it('are told of once by a list that shares its commit with the notes', async () => {
    const world = await createDomainWorld();
    for (const name of names(20)) await connect(world, name);

    world.clock.advance(PAUSE);
    await Promise.all([listed(world), listed(world)]);
    await world.settle();

    expect(told(world)).toEqual(instances(names(20)));
  });

  it('and leave at once stay in the list for as long as anybody', async () => {
    const world = await createDomainWorld();
    await connect(world, 'desk 0');
    world.lose(await connect(world, 'desk 1'));
    await world.pass(PAUSE);

    expect(await listed(world)).toEqual(instances(names(2)));
    await world.pass(7 * 60_000, 60_000);
    expect(await listed(world)).toEqual(instances(names(1)));
  });

  it('keep what they have said of themselves meanwhile', async () => {
    const world = await createDomainWorld();
    await connect(world, 'desk 0');
    await connect(world, 'desk 1');
    world.clock.advance(1);

    await world.call('presence.beacon', { host: 'here' }, { deviceId: deviceIdOf('desk 1') });
    await world.pass(PAUSE);

    const [newest] = (await world.call('presence.list', {})).entries;
    expect(newest).toMatchObject({ host: 'here', reason: 'periodic' });
  });

  it('are written once the store works again', async () => {
    const disk = breakableStore();
    const world = await createDomainWorld({ store: disk.store });
    disk.broken = true;
    for (const name of names(3)) await connect(world, name);
    await world.pass(10_000, 1000);
    disk.broken = false;

    await world.pass(60_000, 1000);

    expect(told(world)).toEqual(instances(names(3)));
    expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await listed(await world.crash())).toEqual(instances(names(3)));
  });

  it('are written before the gateway stops', async () => {
    const world = await createDomainWorld();
    for (const name of names(3)) await connect(world, name);

    await world.domain.stop();

    expect(await listed(await world.crash())).toEqual(instances(names(3)));
  });
});
