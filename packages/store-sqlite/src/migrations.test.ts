import { join } from 'node:path';
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
