import { describe, expect, it } from 'vitest';
import type { Store } from '../ports/store.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { settle } from '../testing/node-settle.ts';
import { createProbeStore } from '../testing/probe-world.ts';
import { startHousekeeping } from './housekeeping.ts';

const DAY = 86_400_000;

async function fill(store: Store, tenant: string, count: number, occurredAt: number): Promise<void> {
  await store.transact(async (tx) => {
    for (let at = 0; at < count; at += 1)
      await tx.log.append(tenant, { eventId: `e${at}`, type: 't', occurredAt, payload: '{}' });
  });
}

async function claim(store: Store, count: number, claimedAt: number, name: string): Promise<void> {
  await store.transact(async (tx) => {
    for (let at = 0; at < count; at += 1) {
      await tx.ledger.claim(
        { tenant: 'a', device: 'd', type: 't', key: `${name}${at}` },
        { payloadHash: 'h', owner: '', state: 'completed', response: '{}', claimedAt },
      );
    }
  });
}

function keep(store: Store, clock: ManualClock, { logs = [] as string[], maxLogEvents = 1_000_000 } = {}) {
  return startHousekeeping({
    store,
    clock,
    telemetry: { log: (_level, message) => void logs.push(message) },
    ledgerWindowMs: DAY,
    logWindowMs: 7 * DAY,
    maxLogEvents,
    newEpoch: () => 'e',
  });
}

describe('housekeeping', () => {
  it('takes away what is older than its windows, however much, in every tenant, and nothing younger [RQ-14] [EV-20]', async () => {
    const store = createProbeStore({});
    const clock = createManualClock();
    const now = clock.now() + 60_000;
    await claim(store, 1_200, now - DAY - 1, 'old');
    await claim(store, 3, now - DAY, 'young');
    for (const tenant of ['a', 'b']) {
      await fill(store, tenant, 1_700, now - 7 * DAY - 1);
      await fill(store, tenant, 4, now - 7 * DAY);
    }
    const stop = keep(store, clock);

    clock.advance(60_000);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    stop();

    for (const tenant of ['a', 'b']) expect(await store.log.read(tenant, 0, 10_000)).toHaveLength(4);
    const left = await store.transact(async (tx) => {
      const found = [];
      for (const name of ['old0', 'old1199', 'young0', 'young2'])
        found.push((await tx.ledger.get({ tenant: 'a', device: 'd', type: 't', key: name })) !== undefined);
      return found;
    });
    expect(left).toEqual([false, false, true, true]);
  });

  it('takes away what is more than a log may hold, oldest first, however young, and only there [EV-20]', async () => {
    const store = createProbeStore({});
    const clock = createManualClock();
    await fill(store, 'a', 1_730, clock.now());
    await fill(store, 'b', 100, clock.now());
    const stop = keep(store, clock, { maxLogEvents: 100 });

    clock.advance(60_000);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    stop();

    const [big, small] = [await store.log.read('a', 0, 10_000), await store.log.read('b', 0, 10_000)];
    expect([big[0]?.position, big.length]).toEqual([1_631, 100]);
    expect([small[0]?.position, small.length]).toEqual([1, 100]);
  });

  it('lets whoever comes in between go before its next step', async () => {
    const store = createProbeStore({});
    const clock = createManualClock();
    await claim(store, 5_000, clock.now() - 2 * DAY, 'old');
    const ended: string[] = [];
    const stop = keep(store, clock);

    clock.advance(60_000);
    await store.transact(() => undefined).then(() => ended.push('a request'));
    const left = await store.transact((tx) => tx.ledger.prune(clock.now(), 10_000));
    stop();

    expect(ended).toEqual(['a request']);
    expect(left).toBeGreaterThan(3_000);
  });

  it('tries again a minute later when the store could not be used', async () => {
    let broken = true;
    const store = createProbeStore({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const clock = createManualClock();
    const logs: string[] = [];
    broken = false;
    await fill(store, 'a', 3, clock.now() - 8 * DAY);
    broken = true;
    const stop = keep(store, clock, { logs });

    clock.advance(60_000);
    await settle();
    expect(logs).toEqual(['housekeeping will try again']);
    broken = false;
    clock.advance(60_000);
    for (let turn = 0; turn < 5; turn += 1) await settle();
    stop();

    expect(await store.log.read('a', 0, 10)).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('stops, also in the middle of its work', async () => {
    const store = createProbeStore({});
    const clock = createManualClock();
    await fill(store, 'a', 2_000, clock.now() - 8 * DAY);
    const stop = keep(store, clock);

    clock.advance(60_000);
    stop();
    for (let turn = 0; turn < 5; turn += 1) await settle();

    expect((await store.log.read('a', 0, 10_000)).length).toBeGreaterThan(0);
    expect(clock.waiting).toBe(0);
  });
});
