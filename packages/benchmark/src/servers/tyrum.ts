import { join } from 'node:path';
import {
  generateGatewayKey,
  type LedgerEntry,
  type LedgerKey,
  nodeSigner,
  type RequestContext,
} from '@tyrum/gateway-core';
import { createServer } from '@tyrum/gateway-server';
import { createSqliteStore } from '@tyrum/store-sqlite';
import type { Note } from '../note.ts';
import { NOTE } from '../payload.ts';
import type { StartServer } from './bench-server.ts';
import { contract, EXTENSION } from './tyrum-contract.ts';

const TENANT = 'default';
const note: Note = { ...NOTE, tags: [...NOTE.tags] };
const notes = { name: 'bench.note', indexes: {} };
/** Far above what one machine can ask for: the limits are enforced and never met. */
const UNREACHED = 1_000_000_000;

/** Events in one transaction, when many are written. */
const BATCH = 10_000;

/** What a device that is not here has asked for, and got. */
const oldKey = (number: number): LedgerKey => ({
  tenant: TENANT,
  device: `dev_${'a'.repeat(52)}`,
  type: 'bench.write',
  key: `old-${number}`,
});
const oldEntry: LedgerEntry = {
  payloadHash: 'M'.repeat(43),
  owner: '',
  state: 'completed',
  response: JSON.stringify({ ok: true, as_of: { position: 1, eventId: '' }, result: NOTE }),
  claimedAt: Date.now(),
};

async function inBatches(count: number, write: (from: number, to: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += BATCH) await write(from, Math.min(count, from + BATCH));
}

/** The gateway on SQLite, every effect on disk before its answer. */
export const tyrum: StartServer = async (directory) => {
  const store = await createSqliteStore({ path: join(directory, 'tyrum.sqlite') });
  const server = await createServer({
    store,
    signer: nodeSigner(generateGatewayKey()),
    contract,
    handlers: {
      'bench.read': (note: Note) => note,
      async 'bench.write'(note: Note, { tx, events, caller, requestId }: RequestContext<typeof contract>) {
        await tx.documents.put(TENANT, notes, `${caller.deviceId} ${requestId}`, note);
        await events.append('bench.written', { id: note.note_id });
        return note;
      },
      async 'bench.publish'(note: Note, { events }: RequestContext<typeof contract>) {
        await events.append('bench.published', note);
      },
    },
    limits: { requests_per_second: UNREACHED, request_burst: UNREACHED },
    http: { upgradesPerSecond: UNREACHED, upgradeBurst: UNREACHED },
  });
  const { token } = await server.gateway.tokens.issue({
    tenant: TENANT,
    roles: ['client'],
    scopes: ['operator.read', 'operator.write'],
  });
  const { port } = await server.listen();
  let claimed = 0;
  const extension = contract.extensions.find(({ id }) => id === EXTENSION);
  return {
    port,
    facts: { token, hash: contract.hashes[3], extension: { id: EXTENSION, hash: extension?.hashes[3] } },
    async close() {
      await server.close();
      await store.close();
    },
    async fill({ events: eventCount, ledger = 0 }) {
      await inBatches(eventCount, (from, to) =>
        server.gateway.transact(TENANT, async ({ events }) => {
          for (let at = from; at < to; at += 1) await events.append('bench.published', note);
        }),
      );
      await inBatches(ledger, (from, to) =>
        store.transact(async (tx) => {
          for (let at = from; at < to; at += 1) await tx.ledger.claim(oldKey(claimed + at), oldEntry);
        }),
      );
      claimed += ledger;
    },
  };
};
