import type { Collection, LedgerEntry, LedgerKey, NewEvent, Store, Transaction } from '../ports/store.ts';
import { sortableNumber } from '../store/document-index.ts';

export interface Note {
  readonly path: readonly string[];
  readonly rank?: number;
}

export const notes: Collection<Note> = {
  name: 'notes',
  indexes: {
    path: ({ path }) => path,
    rank: ({ rank }) => (rank === undefined ? undefined : [sortableNumber(rank)]),
  },
};

/** A second collection with an index of the same name. */
export const drafts: Collection<Note> = { name: 'drafts', indexes: { path: ({ path }) => path } };

/** Texts that engines are known to confuse, in the order of their code units. */
export const TROUBLESOME_TEXTS: readonly string[] = [
  '',
  '\u0000',
  '\u0000a',
  '\u0001',
  '\u0002',
  '\u0003',
  ' ',
  '%',
  "'; --",
  'A',
  'a',
  'a\u0000',
  'a\u0000b',
  'aa',
  'b',
  'é',
  '\ud7ff',
  '\ud800',
  '\u{1f600}',
  '\udc00',
  '\ue000',
  '\uffff',
];

export function event(eventId: string, more: Partial<NewEvent> = {}): NewEvent {
  return { eventId, type: 'note.changed', occurredAt: 1_700_000_000_000, payload: `{"id":"${eventId}"}`, ...more };
}

export function ledgerKey(key: string, more: Partial<LedgerKey> = {}): LedgerKey {
  return { tenant: 'acme', device: 'dev_1', type: 'note.write', key, ...more };
}

export function executing(owner: string, claimedAt = 1_000): LedgerEntry {
  return { payloadHash: 'hash', owner, state: 'executing', claimedAt };
}

export function completed(owner: string, response: string, claimedAt = 1_000): LedgerEntry {
  return { payloadHash: 'hash', owner, state: 'completed', response, claimedAt };
}

/** Appends events one transaction each, in order. */
export async function appendAll(store: Store, tenant: string, eventIds: readonly string[]): Promise<void> {
  for (const eventId of eventIds) await store.transact((tx) => tx.log.append(tenant, event(eventId)));
}

/** The ids of the events that a tenant's log holds. */
export async function eventIds(store: Store, tenant: string): Promise<readonly string[]> {
  return (await store.log.read(tenant, 0, 1_000)).map(({ eventId }) => eventId);
}

/** The ids of a collection's documents in the order of an index. */
export async function listed(
  tx: Transaction,
  tenant: string,
  collection: Collection<Note>,
  index = 'path',
): Promise<readonly string[]> {
  const { items } = await tx.documents.list(tenant, collection, { index, limit: 1_000 });
  return items.map(({ id }) => id);
}

/** Writes one of everything, all under the same name. */
export async function writeAll(tx: Transaction, name: string): Promise<void> {
  await tx.documents.put('acme', notes, name, { path: [name] });
  await tx.ledger.claim(ledgerKey(name), completed('gateway-1', `{"name":"${name}"}`));
  await tx.log.append('acme', event(name));
  await tx.cursors.put('acme', name, { position: 1, cursor: `cursor-${name}` });
}

/** Which of the things that {@link writeAll} writes are there. */
export async function readAll(store: Store, name: string): Promise<readonly boolean[]> {
  const [document, entry, cursor] = await store.transact(async (tx) => [
    await tx.documents.get('acme', notes, name),
    await tx.ledger.get(ledgerKey(name)),
    await tx.cursors.get('acme', name),
  ]);
  const logged = (await eventIds(store, 'acme')).includes(name);
  return [document !== undefined, entry !== undefined, logged, cursor !== undefined];
}

export const ALL = [true, true, true, true];
export const NONE = [false, false, false, false];
