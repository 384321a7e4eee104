import { describe, expect, it } from 'vitest';
import { createBackground } from '../background.ts';
import { inTenant } from '../tenant-unit.ts';
import { breakableStore, createDomainWorld, type DomainWorld, forgetfulStore } from '../test-support/domain-world.ts';
import { createAlarms } from './alarms.ts';

function setUp(world: DomainWorld) {
  const alarms = createAlarms(world.services, createBackground(world.services));
  const rung: string[] = [];
  alarms.on('test', async ({ tenant, now }, key) => void rung.push(`${tenant} ${key} ${now - start}`));
  const start = world.clock.now();
  const set = (key: string, after: number, tenant = 'acme') =>
    inTenant(world.services, tenant, (unit) => alarms.set(unit, 'test', key, start + after));
  return { alarms, rung, set };
}

describe('an alarm', () => {
  it('rings once, at its time, in its tenant, the earliest first', async () => {
    const world = await createDomainWorld({ start: false });
    const { alarms, rung, set } = setUp(world);
    alarms.start();
    await set('late', 3000);
    await set('early', 1000, 'other');

    await world.pass(10_000, 500);

    expect(rung).toEqual(['other early 1000', 'acme late 3000']);
  });

  it('can be moved and taken back', async () => {
    const world = await createDomainWorld({ start: false });
    const { alarms, rung, set } = setUp(world);
    alarms.start();
    await set('moved', 1000);
    await set('moved', 2000);
    await set('gone', 1500);
    await inTenant(world.services, 'acme', (unit) => alarms.clear(unit, 'test', 'gone'));

    await world.pass(5000, 500);

    expect(rung).toEqual(['acme moved 2000']);
  });

  it('that was due while nothing ran rings at the next start', async () => {
    const world = await createDomainWorld({ start: false });
    const before = setUp(world);
    for (let count = 0; count < 100; count += 1) await before.set(`${count}`, count);
    world.clock.advance(60_000);

    const { alarms, rung } = setUp(world);
    alarms.start();
    await world.settle();

    expect(rung).toHaveLength(100);
    expect(before.rung).toEqual([]);
  });

  it('is heard after the clock of the machine was set', async () => {
    const world = await createDomainWorld({ start: false });
    const { alarms, rung, set } = setUp(world);
    alarms.start();
    await set('far', 86_400_000);

    world.clock.set(world.clock.now() + 86_400_000);
    await world.pass(60_000, 10_000);

    expect(rung).toHaveLength(1);
  });

  it('rings when the store is back, and does not hold up the others when it fails', async () => {
    const disk = breakableStore();
    const world = await createDomainWorld({ start: false, store: disk.store });
    const { alarms, rung, set } = setUp(world);
    let failures = 0;
    alarms.on('bad', async () => {
      failures += 1;
      throw new Error('boom');
    });
    alarms.start();
    await inTenant(world.services, 'acme', (unit) => alarms.set(unit, 'bad', 'x', world.clock.now() + 500));
    await set('good', 1000);

    disk.broken = true;
    await world.pass(3000, 500);
    expect(rung).toEqual([]);
    disk.broken = false;
    await world.pass(5000, 500);

    expect(rung).toHaveLength(1);
    expect(failures).toBeGreaterThan(1);
    expect(failures).toBeLessThan(7);
  });

  it('rings also when it was kept and the store could not say so', async () => {
    const disk = forgetfulStore();
    const world = await createDomainWorld({ start: false, store: disk.store });
    const { alarms, rung, set } = setUp(world);
    alarms.start();
    await world.settle();

    disk.forgetful = true;
    await expect(set('unheard', 1000)).rejects.toThrow();
    disk.forgetful = false;
    await world.pass(6000, 500);

    expect(rung).toEqual(['acme unheard 5000']);
  });

  it('says nothing after the end', async () => {
    const world = await createDomainWorld({ start: false });
    const { alarms, rung, set } = setUp(world);
    alarms.start();
    await set('late', 1000);

    alarms.stop();
    await world.pass(5000, 500);

    expect(rung).toEqual([]);
    expect(world.clock.waiting).toBe(0);
  });
});
