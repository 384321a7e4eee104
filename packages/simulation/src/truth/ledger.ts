import type { LedgerEntry, LedgerKey } from '@tyrum/gateway-core';

/** Which entries of the ledger were synced, ever. */
export interface TrueLedger {
  synced(key: LedgerKey, entry: LedgerEntry): void;
  find(key: LedgerKey): LedgerEntry | undefined;
  /** Entries that a restored backup does not have are gone. */
  mark(): ReadonlyMap<string, LedgerEntry>;
  restored(mark: ReadonlyMap<string, LedgerEntry>): void;
}

export function createTrueLedger(): TrueLedger {
  let entries = new Map<string, LedgerEntry>();
  const nameOf = ({ tenant, device, type, key }: LedgerKey) => JSON.stringify([tenant, device, type, key]);
  return {
    synced: (key, entry) => void entries.set(nameOf(key), entry),
    find: (key) => entries.get(nameOf(key)),
    mark: () => new Map(entries),
    restored(mark) {
      entries = new Map(mark);
    },
  };
}
