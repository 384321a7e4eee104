import { describe, expect, it } from 'vitest';
import { createDomainWorld, deviceIdOf } from '../test-support/domain-world.ts';
import { locationSamples } from './location-samples.ts';

const phone = { deviceId: deviceIdOf('phone'), role: 'node' } as const;
const stockholm = { latitude: 59.33, longitude: 18.06, accuracy_m: 12 };
const told = { sample_id: 's-1', recorded_at: '2026-01-02T03:04:05.000Z', coords: stockholm };
const DAY = 86_400_000;

describe('a place that a node tells', () => {
  it('is kept as it was told, and answered', async () => {
    const world = await createDomainWorld();

    const answer = await world.call('location.beacon', { ...told, source: 'gps', agent_key: 'walker' }, phone);

    expect(answer).toEqual({
      sample: { ...told, node_id: phone.deviceId, agent_key: 'walker', source: 'gps', is_background: false },
      events: [],
    });
  });

  it('changes nothing when it comes again, whatever else it says then, also after a crash [PR-2]', async () => {
    const asked: string[] = [];
    const location = ({ sample_id }: { sample_id: string }) => {
      asked.push(sample_id);
      return [{ entered: 'home' }];
    };
    const world = await createDomainWorld({ location });

    const first = await world.call('location.beacon', told, phone);
    const next = await world.crash();
    const again = await next.call(
      'location.beacon',
      { ...told, coords: { ...stockholm, latitude: 0 }, is_background: true },
      phone,
    );

    expect(first.events).toEqual([{ entered: 'home' }]);
    expect(again).toEqual(first);
    expect(asked).toEqual(['s-1']);
  });

  it('is told apart by node and by tenant', async () => {
    const world = await createDomainWorld();
    await world.call('location.beacon', told, phone);
    const elsewhere = { ...told, coords: { ...stockholm, latitude: 1 } };

    const other = await world.call('location.beacon', elsewhere, { ...phone, deviceId: deviceIdOf('other') });
    const foreign = await world.call('location.beacon', elsewhere, { ...phone, tenant: 'other' });

    expect([other.sample.coords.latitude, foreign.sample.coords.latitude]).toEqual([1, 1]);
  });

  it('is kept without the product when the product fails', async () => {
    const world = await createDomainWorld({
      location() {
        throw new Error('no map');
      },
    });

    expect(await world.call('location.beacon', told, phone)).toMatchObject({
      sample: { sample_id: 's-1' },
      events: [],
    });
    expect(world.logs).toMatchObject([
      { level: 'error', message: expect.stringContaining('the location policy failed') },
    ]);
  });

  it('is forgotten after a week, when nobody sends it again', async () => {
    const world = await createDomainWorld();
    const kept = () =>
      world.store.transact(async ({ documents }) => {
        const { items } = await documents.list('', locationSamples, { index: 'received', limit: 1000 });
        return items.length;
      });
    for (let count = 0; count < 300; count += 1) {
      await world.call('location.beacon', { ...told, sample_id: `s-${count}` }, phone);
    }
    await world.pass(6 * DAY, DAY);
    const before = await kept();
    await world.pass(DAY + 3_600_000, DAY / 4);

    expect([before, await kept()]).toEqual([300, 0]);
  });
});
