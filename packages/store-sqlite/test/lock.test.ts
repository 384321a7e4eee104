import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSqliteStore, StoreLockedError } from '../src/index.ts';
import { STARTS_PROCESSES_MS, startProgram } from './child-program.ts';
import { describeEachDriver, temporaryDirectory } from './each-driver.ts';

describeEachDriver('the lock of a file', (driver) => {
  it('refuses a second process with the number of the first, and is gone when that one is killed', {
    timeout: STARTS_PROCESSES_MS,
  }, async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const holder = startProgram('store-holder', [path, driver]);
    await holder.printed(1);

    const refused = createSqliteStore({ path, driver });
    await expect(refused).rejects.toThrow(StoreLockedError);
    await expect(refused).rejects.toThrow(`is in use by process ${holder.pid} on `);

    await holder.kill();
    const store = await createSqliteStore({ path, driver });
    await store.close();
  });

  it('refuses a second process while this one has the file open', { timeout: STARTS_PROCESSES_MS }, async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const store = await createSqliteStore({ path, driver });
    const second = startProgram('store-holder', [path, driver]);

    await expect(second.printed(1)).rejects.toThrow(`is in use by process ${process.pid} on `);

    await store.close();
  });

  it('refuses a second store of the same process, by whatever path it comes', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'data'));
    symlinkSync(join(directory, 'data'), join(directory, 'link'));
    const store = await createSqliteStore({ path: join(directory, 'data/store.sqlite'), driver });

    const second = createSqliteStore({ path: join(directory, 'link/store.sqlite'), driver });
    await expect(second).rejects.toThrow(`is in use by process ${process.pid} on `);
    await store.transact((tx) => tx.log.renew('acme', 'epoch'));

    await store.close();
  });

  it('is free again after the store was closed', async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    for (let round = 0; round < 3; round += 1) {
      const store = await createSqliteStore({ path, driver });
      await store.close();
    }
  });
});
