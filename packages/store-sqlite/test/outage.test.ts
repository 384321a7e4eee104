import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Collection, type Store, StoreUnavailableError, type Transaction } from '@tyrum/gateway-core';
import { expect, it, onTestFinished } from 'vitest';
import { loadDriver, type SqlDatabase } from '../src/driver.ts';
import { createSqliteStore } from '../src/index.ts';
import { describeEachDriver, temporaryDirectory } from './each-driver.ts';

interface Page {
  readonly text: string;
}
const pages: Collection<Page> = { name: 'pages', indexes: { all: () => [] } };

describeEachDriver('a full disk', (driver) => {
  it('loses nothing that was acknowledged and keeps nothing else, lets reads go on, and is over when there is room', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const database = await store.transact(native);
    limitPages(database, 30);

    const { acknowledged, refused } = await writeUntilFull(store);

    expect(acknowledged.length).toBeGreaterThan(3);
    expect(refused).toBe(10);
    await expectExactly(store, acknowledged);
    limitPages(database, 1_000);
    await write(store, 'after', 2_000);
    await expectExactly(store, [...acknowledged, 'after']);
    await store.close();
  });

  it('refuses every work of the batch that met it', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    limitPages(await store.transact(native), 10);
    const heard: string[] = [];
    store.log.onAppend((_tenant, events) => heard.push(...events.map(({ eventId }) => eventId)));

    const settled = await Promise.allSettled([
      write(store, 'before', 10),
      write(store, 'huge', 100_000),
      write(store, 'after', 10),
    ]);

    const refused = { status: 'rejected', reason: expect.any(StoreUnavailableError) };
    expect(settled).toEqual([refused, refused, refused]);
    await expectExactly(store, []);
    await write(store, 'small', 10);
    await expectExactly(store, ['small']);
    expect(heard).toEqual(['small']);
    await store.close();
  });

  it('is an outage also when the rows of an embedder meet it', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const database = await store.transact(native);
    database.exec('CREATE TABLE invoices (text TEXT)');
    limitPages(database, 10);

    const failing = store.transact((tx) => {
      native(tx).prepare('INSERT INTO invoices (text) VALUES (?)').run('x'.repeat(100_000));
    });

    await expect(failing).rejects.toThrow('SQLITE_FULL');
    await expect(failing).rejects.toThrow(StoreUnavailableError);
    await store.close();
  });

  it('is survived on a real file system', async ({ skip }) => {
    const disk = mountSmallDisk() ?? skip('this test mounts a small disk, which is not permitted here');
    const store = await createSqliteStore({ path: join(disk.directory, 'store.sqlite'), driver });

    const { acknowledged, refused } = await writeUntilFull(store);
    expect(acknowledged.length).toBeGreaterThan(3);
    expect(refused).toBe(10);
    await expectExactly(store, acknowledged);

    disk.remount('size=8m');
    await write(store, 'after', 2_000);
    await store.close();
    const again = await createSqliteStore({ path: join(disk.directory, 'store.sqlite'), driver });
    await expectExactly(again, [...acknowledged, 'after']);
    await again.close();
  });
});

describeEachDriver('a disk that cannot be written', (driver) => {
  it('refuses writes and lets reads go on, until it can be written again', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    await write(store, 'before', 10);
    const database = await store.transact(native);
    database.exec('PRAGMA query_only = ON');

    const refused = write(store, 'refused', 10);
    await expect(refused).rejects.toThrow(StoreUnavailableError);
    await expect(refused).rejects.toThrow('SQLITE_READONLY');
    await expectExactly(store, ['before']);

    database.exec('PRAGMA query_only = OFF');
    await write(store, 'after', 10);
    await expectExactly(store, ['before', 'after']);
    await store.close();
  });

  it('is not hidden by a work that swallows its error', async () => {
    const store = await createSqliteStore({ path: join(temporaryDirectory(), 'store.sqlite'), driver });
    const database = await store.transact(native);
    database.exec('PRAGMA query_only = ON');

    const swallowing = store.transact(async (tx) => {
      try {
        await tx.documents.put('acme', pages, 'lost', { text: 'x' });
      } catch {
        return 'all is well';
      }
      return 'it was written';
    });

    await expect(swallowing).rejects.toThrow(StoreUnavailableError);
    await store.close();
  });

  it('cannot be opened', async ({ skip }) => {
    const disk = mountSmallDisk() ?? skip('this test mounts a small disk, which is not permitted here');
    const path = join(disk.directory, 'store.sqlite');
    const store = await createSqliteStore({ path, driver });
    await store.close();
    disk.remount('ro');

    await expect(createSqliteStore({ path, driver })).rejects.toThrow(StoreUnavailableError);

    disk.remount('rw');
    const again = await createSqliteStore({ path, driver });
    await again.close();
  });

  it('fails the readers of the log when it gives back other bytes than were written', async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const store = await createSqliteStore({ path, driver });
    await write(store, 'before', 10);
    const database = await store.transact(native);
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    writeFileSync(path, readFileSync(path).fill(0xff, 4_096));

    await expect(store.log.read('acme', 0, 9)).rejects.toThrow(StoreUnavailableError);

    await store.close();
  });

  it('is also one that another program is writing to', async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const store = await createSqliteStore({ path, driver });
    const other = (await loadDriver(driver)).open(path);
    other.exec('BEGIN IMMEDIATE');

    await expect(write(store, 'refused', 10)).rejects.toThrow('SQLITE_BUSY');

    other.exec('ROLLBACK');
    other.close();
    await write(store, 'after', 10);
    await expectExactly(store, ['after']);
    await store.close();
  });
});

function native(tx: Transaction): SqlDatabase {
  return tx.native as SqlDatabase;
}

/** Leaves room for this many more pages of the file. */
function limitPages(database: SqlDatabase, more: number): void {
  const { page_count: count } = database.prepare('PRAGMA page_count').get() as { page_count: number };
  database.exec(`PRAGMA max_page_count = ${count + more}`);
}

function write(store: Store, name: string, length: number): Promise<number> {
  return store.transact(async (tx) => {
    await tx.documents.put('acme', pages, name, { text: 'x'.repeat(length) });
    return await tx.log.append('acme', { eventId: name, type: 'page.written', occurredAt: 0, payload: '{}' });
  });
}

/** Writes one document after another until ten were refused. */
async function writeUntilFull(store: Store): Promise<{ acknowledged: readonly string[]; refused: number }> {
  const acknowledged: string[] = [];
  let refused = 0;
  for (let at = 0; refused < 10 && at < 2_000; at += 1) {
    const name = `page-${String(at).padStart(4, '0')}`;
    try {
      await write(store, name, 2_000);
      acknowledged.push(name);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailableError);
      refused += 1;
    }
  }
  return { acknowledged, refused };
}

/** Expects these documents and their events, and no others. */
async function expectExactly(store: Store, names: readonly string[]): Promise<void> {
  const { items } = await store.transact((tx) => tx.documents.list('acme', pages, { index: 'all', limit: 9_999 }));
  expect(items.map(({ id }) => id)).toEqual([...names].sort());
  const events = await store.log.read('acme', 0, 9_999);
  expect(events.map(({ eventId }) => eventId)).toEqual(names);
  expect(events.map(({ position }) => position)).toEqual(names.map((_, at) => at + 1));
}

/** A file system of one megabyte in memory, where this process may mount one. */
function mountSmallDisk(): { directory: string; remount(options: string): void } | undefined {
  const directory = temporaryDirectory();
  const mount = (...args: string[]) => execFileSync('mount', [...args, directory], { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
  return { directory, remount: (options) => void mount('-o', `remount,${options}`) };
}
