import type { Presence, Role } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { PagedList } from '../paging/newest-page.ts';
import { SYSTEM } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';

/** Somebody who is there. Those of all tenants are together, in the system's tenant: one look finds who has gone. */
export interface PresenceRecord {
  readonly tenant: string;
  readonly device_id: string;
  readonly role: Role;
  /** Unix milliseconds at which it was seen last. */
  readonly seen: number;
  readonly entry: Presence;
}

const place = ({ seen, entry }: PresenceRecord) => [sortableNumber(seen), entry.instance_id];

export const presence: Collection<PresenceRecord> = {
  name: 'presence',
  indexes: {
    tenant: (record) => [record.tenant, ...place(record)],
    seen: (record) => [sortableNumber(record.seen), record.tenant, record.entry.instance_id],
  },
};

export const presenceList: PagedList<PresenceRecord> = {
  name: 'presence',
  collection: presence,
  index: 'tenant',
  place,
  placeLength: 2,
};

/** Whose presence it is. A device may be a client and a node at the same time: those are two instances. */
export type Instance = Pick<PresenceRecord, 'tenant' | 'device_id' | 'role'>;

function instanceIdOf({ role, device_id }: Pick<Instance, 'role' | 'device_id'>): string {
  return `${role}/${device_id}`;
}

export function presenceDocumentId(instance: Instance): string {
  return JSON.stringify([instance.tenant, instanceIdOf(instance)]);
}

export async function findPresence(tx: Transaction, instance: Instance): Promise<PresenceRecord | undefined> {
  return (await tx.documents.get(SYSTEM, presence, presenceDocumentId(instance)))?.value;
}

/** What is kept anew of an instance. */
export interface Seen {
  /** What is kept of it already. What it said before stays where it does not say it anew. */
  readonly before: PresenceRecord | undefined;
  readonly said: Omit<Partial<Presence>, 'instance_id' | 'role' | 'last_seen_at'>;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Keeps that an instance was seen. */
export async function keepSeen(
  tx: Transaction,
  { tenant, device_id, role }: Instance,
  { before, said, at }: Seen,
): Promise<Presence> {
  const instance: Instance = { tenant, device_id, role };
  const entry: Presence = {
    ...before?.entry,
    ...said,
    instance_id: instanceIdOf(instance),
    role,
    last_seen_at: wireTime(at),
  };
  await tx.documents.put(SYSTEM, presence, presenceDocumentId(instance), { ...instance, seen: at, entry });
  return entry;
}
