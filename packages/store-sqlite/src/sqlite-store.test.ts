import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collection, Store, Transaction } from '@tyrum/gateway-core';
import { type StoreUnderTest, storeCases } from '@tyrum/gateway-core/testing';
import { describe, expect, it } from 'vitest';
import { describeEachDriver, temporaryDirectory } from '../test/each-driver.ts';
import type { DriverName, SqlDatabase } from './driver.ts';
import { createSqliteStore } from './sqlite-store.ts';

describeEachDriver('the SQLite store', (driver) => {
  for (const { name, run } of storeCases) it(name, () => run(() => openFresh(driver)));
});

describeEachDriver('a transaction of the SQLite store', (driver) => {
  it('commits the rows of an embedder together with its own, or rolls both back', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    await store.transact((tx) => native(tx).exec('CREATE TABLE invoices (id TEXT)'));
    const write = async (tx: Transaction, id: string) => {
      native(tx).prepare('INSERT INTO invoices (id) VALUES (?)').run(id);
      await tx.log.append('acme', { eventId: id, type: 'invoice.made', occurredAt: 0, payload: '{}' });
    };

    const failing = store.transact(async (tx) => {
      await write(tx, 'lost');
      throw new RangeError('no');
    });
    await Promise.all([expect(failing).rejects.toThrow(RangeError), store.transact((tx) => write(tx, 'kept'))]);

    const rows = await store.transact((tx) => native(tx).prepare('SELECT id FROM invoices').all());
    expect(rows).toEqual([expect.objectContaining({ id: 'kept' })]);
    expect((await store.log.read('acme', 0, 9)).map(({ eventId }) => eventId)).toEqual(['kept']);
    await store.close();
  });

  it('holds what an embedder writes through a handle that it took earlier', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const database = await store.transact(native);
    await store.transact(() => database.exec('CREATE TABLE invoices (id TEXT)'));

    const failing = store.transact(() => {
      database.prepare('INSERT INTO invoices (id) VALUES (?)').run('lost');
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);
    await store.transact(() => database.prepare('INSERT INTO invoices (id) VALUES (?)').run('kept'));

    expect(await store.transact(() => database.prepare('SELECT id FROM invoices').all())).toHaveLength(1);
    await store.close();
  });

  it('knows the extent of a log again after a work that wrote to it was undone', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const event = (eventId: string) => ({ eventId, type: 'note.made', occurredAt: 0, payload: '{}' });
    await store.transact((tx) => tx.log.append('acme', event('first')));

    const failing = store.transact(async (tx) => {
      await tx.log.append('acme', event('lost'));
      await tx.log.renew('acme', 'another');
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);

    expect(await store.transact((tx) => tx.log.state('acme', () => 'epoch-1'))).toMatchObject({
      epoch: 'epoch-1',
      head: 1,
      headEventId: 'first',
    });
    await store.close();
  });

  it('is undone alone when it fails among others, which run again and are told of once', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const heard: string[] = [];
    store.log.onAppend((_tenant, events) => heard.push(...events.map(({ eventId }) => eventId)));
    const runs: string[] = [];

    const settled = await Promise.allSettled([
      store.transact((tx) => append(tx, runs, 'before')),
      store.transact((tx) => {
        append(tx, runs, 'lost');
        throw new RangeError('no');
      }),
      store.transact((tx) => append(tx, runs, 'after')),
    ]);

    expect(settled).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: new RangeError('no') },
      { status: 'fulfilled', value: 2 },
    ]);
    expect(runs).toEqual(['before', 'lost', 'before', 'lost', 'after']);
    expect(heard).toEqual(['before', 'after']);
    expect((await store.log.read('acme', 0, 9)).map(({ eventId }) => eventId)).toEqual(['before', 'after']);
    await store.close();
  });

  it('runs once where works keep failing, and where it fails before it wrote', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const runs: string[] = [];
    const batch = (write: boolean) =>
      Promise.allSettled([
        store.transact((tx) => append(tx, runs, 'kept')),
        store.transact((tx) => {
          if (write) append(tx, runs, 'lost');
          else runs.push('refused');
          throw new RangeError('no');
        }),
      ]);

    await batch(false);
    expect(runs.splice(0)).toEqual(['kept', 'refused']);
    await batch(true);
    expect(runs.splice(0)).toEqual(['kept', 'lost', 'kept', 'lost']);
    for (let count = 0; count < 100; count += 1) await batch(true);
    expect(runs.splice(0)).toEqual(Array(100).fill(['kept', 'lost']).flat());
    // After enough batches in which nothing had to be undone, there are no savepoints again.
    for (let count = 0; count < 16; count += 1) await batch(false);
    runs.length = 0;
    await batch(true);
    expect(runs).toEqual(['kept', 'lost', 'kept', 'lost']);

    expect((await store.log.read('acme', 0, 999)).map(({ eventId }) => eventId)).toEqual(Array(119).fill('kept'));
    await store.close();
  });

  it('needs no second run when it fails alone', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const runs: string[] = [];
    const fail = (tx: Transaction) => {
      append(tx, runs, 'lost');
      throw new RangeError('no');
    };

    await expect(store.transact(fail)).rejects.toThrow(RangeError);
    // Nor when it is the first of a batch: nothing goes with it.
    const settled = await Promise.allSettled([
      store.transact(fail),
      store.transact((tx) => append(tx, runs, 'kept')),
      store.transact(fail),
    ]);

    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(runs).toEqual(['lost', 'lost', 'kept', 'lost']);
    expect((await store.log.read('acme', 0, 9)).map(({ eventId }) => eventId)).toEqual(['kept']);
    await store.close();
  });

  it('keeps the logs of its tenants apart, which share one table', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const tenants = ['first', 'middle', 'last'];
    await store.transact((tx) => {
      for (const position of [1, 2]) for (const tenant of tenants) append(tx, [], `${tenant} ${position}`, tenant);
    });
    const read = async (after: number) =>
      Object.fromEntries(
        await Promise.all(
          tenants.map(async (tenant) => {
            const events = await store.log.read(tenant, after, 9);
            return [tenant, events.map(({ position, eventId }) => `${position}: ${eventId}`)] as const;
          }),
        ),
      );

    const floor = await store.transact((tx) =>
      tx.log.trim('middle', { upTo: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER }),
    );

    expect(floor).toBe(2);
    expect(await read(0)).toEqual({
      first: ['1: first 1', '2: first 2'],
      middle: [],
      last: ['1: last 1', '2: last 2'],
    });
    const none = { first: [], middle: [], last: [] };
    expect(await read(2)).toEqual(none);
    expect(await read(2 ** 40)).toEqual(none);
    expect(await read(Number.MAX_SAFE_INTEGER)).toEqual(none);
    await store.close();
  });

  it('counts exactly in the logs of as many tenants as a file holds', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    await store.transact((tx) => {
      const make = native(tx).prepare(`INSERT INTO logs VALUES (?, ?, '', 0, '')`);
      for (const number of [65_535, 65_536, 131_070, 131_071]) make.run(number, `tenant ${number}`);
      for (const eventId of ['one', 'two', 'three']) append(tx, [], eventId, 'tenant 131071');
      append(tx, [], 'other', 'tenant 131070');
      append(tx, [], 'other', 'tenant 65536');
    });

    const names = async (tenant: string, after: number) =>
      (await store.log.read(tenant, after, 9)).map(({ position, eventId }) => `${position}: ${eventId}`);
    expect(await names('tenant 131071', 0)).toEqual(['1: one', '2: two', '3: three']);
    expect(await names('tenant 131071', 1)).toEqual(['2: two', '3: three']);
    expect(await names('tenant 131070', 0)).toEqual(['1: other']);
    expect(await names('tenant 65536', 0)).toEqual(['1: other']);
    expect(await names('tenant 65535', 0)).toEqual([]);
    expect(await store.transact((tx) => tx.log.trim('tenant 131071', { upTo: 2, limit: 9 }))).toBe(2);
    expect(await names('tenant 131071', 0)).toEqual(['3: three']);
    await store.close();
  });

  it('cannot be used after its work has ended', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const things: Collection<number> = { name: 'things', indexes: {} };
    const leaked = await store.transact((tx) => tx);

    expect(() => leaked.documents.put('acme', things, 'a', 1)).toThrow('the transaction has ended');
    expect(() => leaked.log.tenants()).toThrow('the transaction has ended');
    await store.close();
  });

  it('refuses to settle what was never claimed', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const key = { tenant: 'acme', device: 'dev_1', type: 'note.write', key: 'k' };
    const entry = { payloadHash: 'hash', owner: 'gateway-1', state: 'executing', claimedAt: 1 } as const;

    await expect(store.transact((tx) => tx.ledger.settle(key, entry))).rejects.toThrow('no ledger entry');
    await store.close();
  });

  it('finds what it looks for by an index, never by a scan', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const plans = await store.transact((tx) =>
      [
        `SELECT k.key, d.value FROM document_keys k CROSS JOIN documents d ON d.number = k.document
           WHERE k.collection = 1 AND k."index" = '' AND k.key > '' AND k.key < '' ORDER BY k.key DESC`,
        `SELECT number FROM ledger WHERE claimed_at < 1 ORDER BY claimed_at LIMIT 1`,
        `UPDATE ledger SET state = 'outcome_unknown' WHERE state = 'executing' AND owner <> ''`,
        `SELECT place FROM events WHERE place > (1 << 36) + 1 AND place < (2 << 36) + 0 ORDER BY place DESC LIMIT 1`,
        `SELECT place FROM logs CROSS JOIN events ON place > ((number << 36) + 1) AND place < ((number + 1) << 36)
           WHERE tenant = '' ORDER BY place LIMIT 9`,
      ].map((sql) => JSON.stringify(native(tx).prepare(`EXPLAIN QUERY PLAN ${sql}`).all())),
    );

    expect(plans[0]).not.toMatch(/SCAN|TEMP B-TREE/);
    expect(plans[1]).toMatch(/SEARCH ledger USING COVERING INDEX ledger_by_age/);
    expect(plans[2]).toMatch(/USING (COVERING )?INDEX ledger_executing/);
    expect(plans[3]).not.toMatch(/SCAN|TEMP B-TREE/);
    expect(plans[4]).not.toMatch(/SCAN|TEMP B-TREE/);
    await store.close();
  });

  it('flushes every commit, into a write-ahead log', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const settings = await store.transact((tx) =>
      ['journal_mode', 'synchronous', 'fullfsync'].map((name) =>
        Object.values(native(tx).prepare(`PRAGMA ${name}`).get() as object),
      ),
    );

    expect(settings).toEqual([['wal'], [2], [1]]);
    expect(store).toMatchObject({ durability: 'disk', driver });
    await store.close();
  });

  it('keeps no more logs, and none longer, than it can count exactly, and goes on with those that it has', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    await store.transact((tx) => {
      native(tx)
        .prepare(`INSERT INTO logs VALUES (131070, 'long', 'epoch', ?, 'event')`)
        .run(2 ** 36 - 2);
      native(tx).prepare(`INSERT INTO logs VALUES (131071, 'last', '', 0, '')`).run();
    });
    const write = (tenant: string) => store.transact((tx) => append(tx, [], 'next', tenant));

    await expect(write('another')).rejects.toThrow('a file holds the logs of 131071 tenants: open another one');
    expect([await write('last'), await write('long')]).toEqual([1, 2 ** 36 - 1]);
    await expect(write('long')).rejects.toThrow('a log ends after 68719476735 events');
    await store.close();
  });
});

describe('the path of a SQLite store', () => {
  it('is refused when its directory does not exist', async () => {
    const path = join(temporaryDirectory(), 'missing', 'store.sqlite');

    await expect(createSqliteStore({ path })).rejects.toThrow(/ENOENT.*missing/);
  });
});

/** Appends an event of this name, and notes the run outside of the transaction. */
function append(tx: Transaction, runs: string[], eventId: string, tenant = 'acme') {
  runs.push(eventId);
  return tx.log.append(tenant, { eventId, type: 'note.made', occurredAt: 0, payload: '{}' });
}

function native(tx: Transaction): SqlDatabase {
  return tx.native as SqlDatabase;
}

async function openFresh(driver: DriverName): Promise<StoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'tyrum-store-'));
  const path = join(directory, 'store.sqlite');
  const opened: Store[] = [];
  const open = async (at: string) => {
    const store = await createSqliteStore({ path: at, driver, onListenerError: () => undefined });
    opened.push(store);
    return store;
  };
  const store = await open(path);
  return {
    store,
    async reopen() {
      await store.close();
      return await open(path);
    },
    // What is in the files now is what a crash now would leave.
    crash() {
      const crashed = join(directory, 'crashed.sqlite');
      for (const suffix of ['', '-wal']) {
        if (existsSync(path + suffix)) copyFileSync(path + suffix, crashed + suffix);
      }
      return open(crashed);
    },
    async outage() {
      const database = await store.transact(native);
      database.exec('PRAGMA query_only = ON');
      return () => void database.exec('PRAGMA query_only = OFF');
    },
    async dispose() {
      for (const each of opened) await each.close();
      rmSync(directory, { recursive: true });
    },
  };
}
