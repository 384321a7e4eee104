import { join } from 'node:path';
import type { Collection, Store } from '@tyrum/gateway-core';
import { expect, it } from 'vitest';
import { createSqliteStore } from '../src/index.ts';
import { STARTS_PROCESSES_MS, startProgram } from './child-program.ts';
import { describeEachDriver, temporaryDirectory } from './each-driver.ts';

const records: Collection<{ name: string }> = { name: 'records', indexes: { name: ({ name }) => [name] } };

describeEachDriver('a process that is killed while it writes', (driver) => {
  it('leaves every acknowledged transaction in the file, and none by half', {
    timeout: STARTS_PROCESSES_MS,
  }, async () => {
    const path = join(temporaryDirectory(), 'store.sqlite');
    const acknowledged: string[] = [];
    for (const [round, count] of [1, 300, 2_000].entries()) {
      const writer = startProgram('store-writer', [path, driver, `run${round}`]);
      await writer.printed(count);
      await writer.kill();
      acknowledged.push(...writer.lines);

      const store = await createSqliteStore({ path, driver });
      const written = await documentNames(store);
      const missing = acknowledged.filter((name) => !written.has(name));
      expect(missing).toEqual([]);
      expect(await halfWritten(store, written)).toEqual([]);
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(2_300);
  });
});

async function documentNames(store: Store): Promise<ReadonlySet<string>> {
  const page = await store.transact((tx) => tx.documents.list('acme', records, { index: 'name', limit: 1_000_000 }));
  return new Set(page.items.map(({ id }) => id));
}

/** What is in one table and not in another, and whether the log has a hole. */
async function halfWritten(store: Store, documents: ReadonlySet<string>): Promise<readonly string[]> {
  const events = await store.log.read('acme', 0, 1_000_000);
  const found: string[] = [];
  for (const [at, { eventId, position }] of events.entries()) {
    if (position !== at + 1) found.push(`position ${position} follows ${at}`);
    if (!documents.has(eventId)) found.push(`the event ${eventId} has no document`);
  }
  const logged = new Set(events.map(({ eventId }) => eventId));
  await store.transact(async (tx) => {
    for (const name of documents) {
      const entry = await tx.ledger.get({ tenant: 'acme', device: 'dev_1', type: 'record.write', key: name });
      const cursor = await tx.cursors.get('acme', name);
      if (!logged.has(name) || entry === undefined || cursor === undefined) found.push(`${name} is there by half`);
    }
  });
  return found;
}
