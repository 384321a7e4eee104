import { join } from 'node:path';
import { type Collection, encodeText, entryKeys } from '@tyrum/gateway-core';
import { expect, it } from 'vitest';
import { describeEachDriver, temporaryDirectory } from '../test/each-driver.ts';
import { type DriverName, loadDriver } from './driver.ts';
import { StoreVersionError } from './errors.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { createSqliteStore } from './sqlite-store.ts';

describeEachDriver('the schema of a file', (driver) => {
  it('refuses a file from a newer release, naming both versions and what to do', async () => {
    const path = await fileWith(driver, `PRAGMA user_version = ${MIGRATIONS.length + 6}`);

    const opening = createSqliteStore({ path, driver });

    await expect(opening).rejects.toThrow(StoreVersionError);
    await expect(opening).rejects.toThrow(
      `has schema version ${MIGRATIONS.length + 6}, and this @tyrum/store-sqlite knows versions up to ` +
        `${MIGRATIONS.length}: install the newer release that wrote it, or restore a backup from before the upgrade`,
    );
    // The lock was let go: the second attempt fails for the same reason.
    await expect(createSqliteStore({ path, driver })).rejects.toThrow(StoreVersionError);
  });

  it('refuses the database of another program', async () => {
    const path = await fileWith(driver, 'PRAGMA application_id = 7');

    await expect(createSqliteStore({ path, driver })).rejects.toThrow('is the database of another program');
  });

  it('takes only the steps that a file has not taken, and keeps its rows', async () => {
    const database = (await loadDriver(driver)).open(join(temporaryDirectory(), 'old.sqlite'));
    const first = 'CREATE TABLE things (id TEXT)';
    migrate(database, 'old', [first]);
    database.exec("INSERT INTO things (id) VALUES ('kept')");

    migrate(database, 'old', [first, "ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain'"]);
    migrate(database, 'old', [first, "ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain'"]);

    expect(database.prepare('SELECT * FROM things').all()).toEqual([
      expect.objectContaining({ id: 'kept', kind: 'plain' }),
    ]);
    expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 2 });
    database.close();
  });

  it('finds everything again that a file of the first schema holds', async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const old = (await loadDriver(driver)).open(path);
    migrate(old, path, MIGRATIONS.slice(0, 1));
    const put = (table: string, ...values: (string | number | null)[]) =>
      old.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
    const tenants = ['acme', 'odd \u0000 name'];
    const notes: Collection<string> = { name: 'notes', indexes: { byText: (text) => [text], none: () => undefined } };
    const plain: Collection<string> = { name: 'plain', indexes: {} };
    for (const [number, tenant] of tenants.map(encodeText).entries()) {
      for (const id of ['c', 'a', 'odd \uffff id']) {
        const keys = entryKeys(notes, id, `text ${id}`);
        put('documents', tenant, 'notes', encodeText(id), 3, `"text ${id}"`, JSON.stringify(keys));
        put('document_keys', tenant, 'notes', 'byText', keys.byText ?? '', encodeText(id));
      }
      put('documents', tenant, 'plain', 'a', 1, '"plain"', '{}');
      for (const device of ['dev_1', 'dev_2']) {
        put(
          'ledger',
          tenant,
          device,
          'note.write',
          'key',
          `hash ${number}`,
          '',
          'completed',
          '{"ok":true}',
          5 + number,
        );
        put('ledger', tenant, device, 'note.run', 'key', 'hash', 'gone', 'executing', null, 7);
      }
      put('logs', tenant, `epoch ${number}`, 1, 'e1');
      for (const position of [2, 3]) {
        put(
          'events',
          tenant,
          position,
          `e${position}`,
          'note.made',
          position,
          'agent',
          'a',
          'dev_1',
          `{"in":${number}}`,
        );
      }
      put('events', tenant, 4, 'e4', 'note.made', 4, null, null, null, '{}');
      put('cursors', tenant, 'dev_1', 3, 'cursor');
    }
    put('logs', 'empty', 'epoch', 0, '');
    old.close();

    const store = await createSqliteStore({ path, driver });
    for (const [number, tenant] of tenants.entries()) {
      const found = await store.transact(async (tx) => ({
        listed: await tx.documents.list(tenant, notes, { index: 'byText', limit: 9 }),
        plain: await tx.documents.get(tenant, plain, 'a'),
        completed: await tx.ledger.get({ tenant, device: 'dev_2', type: 'note.write', key: 'key' }),
        executing: await tx.ledger.get({ tenant, device: 'dev_1', type: 'note.run', key: 'key' }),
        log: await tx.log.state(tenant, () => 'another'),
        cursor: await tx.cursors.get(tenant, 'dev_1'),
      }));
      expect(found).toEqual({
        listed: {
          items: ['a', 'c', 'odd \uffff id'].map((id) => ({ id, version: 3, value: `text ${id}` })),
        },
        plain: { id: 'a', version: 1, value: 'plain' },
        completed: {
          payloadHash: `hash ${number}`,
          owner: '',
          state: 'completed',
          response: '{"ok":true}',
          claimedAt: 5 + number,
        },
        executing: { payloadHash: 'hash', owner: 'gone', state: 'executing', claimedAt: 7 },
        log: { epoch: `epoch ${number}`, head: 4, headEventId: 'e4', floor: 1, floorEventId: 'e1' },
        cursor: { position: 3, cursor: 'cursor' },
      });
      const scoped = {
        type: 'note.made',
        scope: { kind: 'agent', id: 'a' },
        device: 'dev_1',
        payload: `{"in":${number}}`,
      };
      expect(await store.log.read(tenant, 0, 9)).toEqual([
        { position: 2, eventId: 'e2', occurredAt: 2, ...scoped },
        { position: 3, eventId: 'e3', occurredAt: 3, ...scoped },
        { position: 4, eventId: 'e4', occurredAt: 4, type: 'note.made', payload: '{}' },
      ]);
    }
    // And it goes on from there: keys move with their documents, claims are given up, the oldest entries go first.
    expect(await store.transact((tx) => tx.log.tenants())).toHaveLength(3);
    await store.transact((tx) => tx.documents.put('acme', notes, 'a', 'text z', 3));
    const { items } = await store.transact((tx) => tx.documents.list('acme', notes, { index: 'byText', limit: 9 }));
    expect(items.map(({ value }) => value)).toEqual(['text c', 'text odd \uffff id', 'text z']);
    expect(await store.transact((tx) => tx.ledger.abandon('alive'))).toBe(4);
    expect(await store.transact((tx) => tx.ledger.prune(7, 9))).toBe(4);
    await store.close();
  });

  it('leaves a file as it was when a step fails', async () => {
    const database = (await loadDriver(driver)).open(join(temporaryDirectory(), 'old.sqlite'));
    migrate(database, 'old', ['CREATE TABLE things (id TEXT)']);
    const steps = ['CREATE TABLE things (id TEXT)', 'CREATE TABLE more (id TEXT)', 'CREATE TABLE things (id TEXT)'];

    expect(() => migrate(database, 'old', steps)).toThrow('already exists');

    expect(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toHaveLength(1);
    expect(database.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 1 });
    database.close();
  });
});

async function fileWith(driver: DriverName, sql: string): Promise<string> {
  const path = join(temporaryDirectory(), 'store.sqlite');
  const database = (await loadDriver(driver)).open(path);
  database.exec(sql);
  database.close();
  return path;
}
