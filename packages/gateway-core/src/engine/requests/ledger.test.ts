import { ProtocolError } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import type { LedgerEntry, LedgerKey, Store } from '../../ports/store.ts';
import { settle } from '../../testing/node-settle.ts';
import { createProbeStore } from '../../testing/probe-world.ts';
import { createLedgerRunner, type Ran } from './ledger.ts';
import { completedEntry, isReleased, releasedEntry, storedOutcome } from './stored-response.ts';

const key: LedgerKey = { tenant: 'acme', device: 'dev_a', type: 'note.write', key: 'k' };
const done = (result: string): Ran => ({ outcome: { ok: true, result }, afterCommit: [] });
const refusal = (error: ProtocolError): Ran => ({ outcome: { ok: false, error }, afterCommit: [] });

function runnerOn(store: Store, owner = 'one') {
  const logs: string[] = [];
  const telemetry = { log: (_level: string, message: string) => void logs.push(message) };
  return { logs, ...createLedgerRunner({ store, crypto: nodeCrypto(), owner, now: () => 1_000, telemetry }) };
}

describe('the ledger of two processes on one store', () => {
  it('lets an effect happen once, whoever of them is asked [RQ-6] [RQ-8]', async () => {
    const store = createProbeStore({});
    const one = runnerOn(store, 'one');
    const two = runnerOn(store, 'two');

    const outcomes = await Promise.all([
      one.once(key, {}, async () => done('1')),
      two.once(key, {}, async () => done('2')),
    ]);

    expect(outcomes).toEqual([
      { ok: true, result: '1' },
      { ok: true, result: '1', replayed: true },
    ]);
  });

  it('asks to come back for what the other one is still doing outside the store [RQ-12]', async () => {
    const store = createProbeStore({});
    let finish = (_ran: Ran) => {};
    const running = runnerOn(store, 'one').remote(
      key,
      {},
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    await settle();
    const two = runnerOn(store, 'two');

    const asked = await two.remote(key, {}, async () => done('2'));
    expect(asked).toMatchObject({ ok: false, error: { code: 'unavailable', retryAfterMs: 250 } });
    expect(await two.status(key)).toEqual({ status: 'executing' });
    finish(done('1'));
    await running;

    expect(await two.remote(key, {}, async () => done('2'))).toEqual({ ok: true, result: '1', replayed: true });
  });

  it('looks again when the other one claimed the key between its look and its claim [RQ-6]', async () => {
    const store = createProbeStore({});
    let interfere = true;
    // An engine below serialisable: what another process commits is seen in the middle of a transaction.
    const weak: Store = {
      ...store,
      transact: (work) =>
        store.transact((tx) =>
          work({
            ...tx,
            ledger: {
              ...tx.ledger,
              claim(claimed, entry) {
                if (!interfere) return tx.ledger.claim(claimed, entry);
                interfere = false;
                return completedEntry(entry.payloadHash, { ok: true, result: '"theirs"' }, 1);
              },
            },
          }),
        ),
    };
    let runs = 0;

    const outcome = await runnerOn(weak).once(key, {}, async () => {
      runs += 1;
      return done(`${runs}`);
    });

    expect(outcome).toEqual({ ok: true, result: '2' });
    expect(runs).toBe(2);
  });
});

describe('what follows a commit', () => {
  it('runs once it holds, in order, and never for a repeat, a refusal or a failure', async () => {
    let broken = false;
    const store = createProbeStore({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const runner = runnerOn(store);
    const followed: string[] = [];
    const follow = (name: string) => ({
      afterCommit: [() => void followed.push(`${name} 1`), () => void followed.push(`${name} 2`)],
    });
    const once = (name: string, ran: Ran) =>
      runner.once({ ...key, key: name }, {}, async () => ({ ...ran, ...follow(name) }));

    await once('a', done('1'));
    await once('a', done('1'));
    await once('b', refusal(new ProtocolError('conflict', 'no')));
    broken = true;
    await expect(once('c', done('1'))).rejects.toThrow();
    broken = false;
    await runner.remote({ ...key, key: 'd' }, {}, async () => ({ ...done('1'), ...follow('d') }));

    expect(followed).toEqual(['a 1', 'a 2', 'd 1', 'd 2']);
  });

  it('that fails is logged, and the rest follows all the same', async () => {
    const runner = runnerOn(createProbeStore({}));
    const followed: number[] = [];
    const fail = () => {
      throw new Error('a bug');
    };

    const outcome = await runner.once(key, {}, async () => ({
      ...done('1'),
      afterCommit: [fail, () => void followed.push(2)],
    }));

    expect(outcome.ok).toBe(true);
    expect(followed).toEqual([2]);
    expect(runner.logs).toHaveLength(1);
  });
});

describe('a stored response', () => {
  it.each([
    ['a result', { ok: true, result: '{"a":[1,"é"]}' }],
    ['a void result', { ok: true, result: undefined }],
    ['a null result', { ok: true, result: 'null' }],
    ['a place in the log', { ok: true, result: '1', asOf: { position: 7, eventId: 'e' } }],
  ] as const)('keeps %s [RQ-6]', (_what, outcome) => {
    expect(storedOutcome(completedEntry('hash', outcome, 5))).toEqual(outcome);
  });

  it('keeps a refusal with its details, and nothing of its cause [RQ-6] [ER-4]', () => {
    const error = new ProtocolError('conflict', 'no', { details: { a: 1 }, cause: new Error('secret') });
    const entry = completedEntry('hash', { ok: false, error }, 5);

    expect(storedOutcome(entry)).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: 'no', details: { a: 1 } },
    });
    expect(entry.response).not.toContain('secret');
  });

  it('that was released is told apart from every other', () => {
    const entries: LedgerEntry[] = [
      completedEntry('hash', { ok: true, result: '{"released":true}' }, 5),
      { payloadHash: 'hash', owner: 'one', state: 'executing', claimedAt: 5 },
    ];

    expect(isReleased(releasedEntry('hash', 5))).toBe(true);
    expect(entries.map(isReleased)).toEqual([false, false]);
  });
});
