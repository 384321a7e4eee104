import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@tyrum/gateway-core';
import { type StoreUnderTest, storeCases } from '@tyrum/gateway-core/testing';
import { describe, it } from 'vitest';
import { type DriverName, loadDriver, type SqlDatabase } from './driver.ts';
import { createSqliteStore } from './sqlite-store.ts';

for (const driver of ['node', 'better'] as const) {
  const missing = await loadDriver(driver).then(
    () => '',
    (error: Error) => ` (skipped: ${error.message})`,
  );
  describe.skipIf(missing !== '')(`the SQLite store with the driver ${driver}${missing}`, () => {
    for (const { name, run } of storeCases) it(name, () => run(() => openFresh(driver)));
  });
}

async function openFresh(driver: DriverName): Promise<StoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'tyrum-store-'));
  const path = join(directory, 'store.sqlite');
  const opened: Store[] = [];
  const open = async (at: string) => {
    const store = await createSqliteStore({ path: at, driver });
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
      const native = await store.transact((tx) => tx.native as SqlDatabase);
      native.exec('PRAGMA query_only = ON');
      return () => void native.exec('PRAGMA query_only = OFF');
    },
    async dispose() {
      for (const each of opened) await each.close();
      rmSync(directory, { recursive: true });
    },
  };
}
