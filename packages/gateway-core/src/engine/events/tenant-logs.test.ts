import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createProbeStore } from '../../testing/probe-world.ts';
import { createCursorCodec } from './cursor.ts';
import { createTenantLogs } from './tenant-logs.ts';

const numbers = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

/** A log with this many notes, opened once. */
async function withLog(count: number, faults = {}) {
  const store = createProbeStore({ faults });
  const codec = createCursorCodec(nodeCrypto(), Buffer.from('secret'));
  const logs = createTenantLogs({ store, contract: probe, codec, newEpoch: () => 'e', onAppend: () => {} });

  async function append(from: number, to: number): Promise<void> {
    await store.transact(async (tx) => {
      for (let at = from; at <= to; at += 1) {
        await tx.log.append('acme', { eventId: `e${at}`, type: 'note.written', occurredAt: 1, payload: '{}' });
      }
    });
  }

  await append(1, count);
  return { append, logs, tenantLog: await logs.open('acme') };
}

describe('the logs of the tenants', () => {
  it('are held for as long as somebody uses them, and opened once for all', async () => {
    let commits = 0;
    const faults = {
      beforeCommit() {
        commits += 1;
      },
    };
    const { logs, tenantLog } = await withLog(3, faults);
    commits = 0;

    const more = await Promise.all([logs.open('acme'), logs.open('acme'), logs.open('other')]);
    expect([logs.size, commits]).toEqual([2, 1]);
    for (const log of more) log.release();
    more[0]?.release();
    expect(logs.size).toBe(1);
    tenantLog.release();

    expect(logs.size).toBe(0);
  });

  it('miss nothing that is appended while they are opened', async () => {
    const { logs, tenantLog, append } = await withLog(3);
    tenantLog.release();

    const opening = logs.open('acme');
    await Promise.all([append(4, 5), append(6, 6)]);
    const log = await opening;
    await append(7, 7);

    const kept = numbers(1, 7).filter((position) => log.tail.next(position - 1) !== undefined);
    expect(log.tail.head).toBe(7);
    expect(kept).toEqual(numbers(kept[0] ?? 0, 7));
  });

  it('that could not be opened are tried again by the next one', async () => {
    let broken = false;
    const { logs } = await withLog(1, {
      beforeCommit() {
        if (broken) throw new Error('disk full');
      },
    });
    broken = true;
    const failing = [logs.open('other'), logs.open('other')];
    for (const opening of failing) await expect(opening).rejects.toThrow();
    broken = false;

    expect((await logs.open('other')).tail.head).toBe(0);
    expect(logs.size).toBe(2);
  });
});
