// Writes documents, ledger entries, events and cursors until it is killed, and prints the name of each transaction that was
// acknowledged: what it has printed must be in the file.
import type { Collection } from '@tyrum/gateway-core';
import { createSqliteStore } from '../../src/index.ts';

const [path = '', driver, run = ''] = process.argv.slice(2);
const records: Collection<{ name: string }> = { name: 'records', indexes: { name: ({ name }) => [name] } };
const store = await createSqliteStore({ path, driver: driver === 'node' ? 'node' : 'better' });

async function writeOn(lane: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const name = `${run}-${lane}-${count}`;
    await store.transact(async (tx) => {
      await tx.documents.put('acme', records, name, { name });
      await tx.ledger.claim(
        { tenant: 'acme', device: 'dev_1', type: 'record.write', key: name },
        { payloadHash: 'hash', owner: run, state: 'completed', response: '{}', claimedAt: count },
      );
      await tx.log.append('acme', { eventId: name, type: 'record.written', occurredAt: count, payload: '{}' });
      await tx.cursors.put('acme', name, { position: count, cursor: name });
    });
    process.stdout.write(`${name}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, (_, lane) => writeOn(lane)));
