import type { Ledger, LedgerEntry, LedgerKey } from '../ports/store.ts';
import { encodeParts, sortableNumber } from './document-index.ts';
import type { Draft, LedgerRow } from './memory-tables.ts';

/** The ledger of a memory store, as the running work sees it. */
export function createMemoryLedger(draft: Draft): Ledger {
  function write(key: LedgerKey, entry: LedgerEntry): void {
    const at = rowKey(key);
    const { ledger, ledgerByAge } = draft.tables;
    const before = ledger.get(at);
    const others = before === undefined ? ledgerByAge : ledgerByAge.delete(ageKey(before));
    const row = { key: Object.freeze({ ...key }), entry: Object.freeze({ ...entry }) };
    draft.tables = { ...draft.tables, ledger: ledger.set(at, row), ledgerByAge: others.set(ageKey(row), at) };
  }

  return {
    get: (key) => draft.tables.ledger.get(rowKey(key))?.entry,

    claim(key, entry) {
      const there = draft.tables.ledger.get(rowKey(key))?.entry;
      if (there === undefined) write(key, entry);
      return there;
    },

    settle(key, entry) {
      if (draft.tables.ledger.get(rowKey(key)) === undefined) {
        throw new Error(`there is no ledger entry of ${key.type} to settle`);
      }
      write(key, entry);
    },

    abandon(liveOwner) {
      let count = 0;
      for (const [, { key, entry }] of draft.tables.ledger.between(undefined, undefined)) {
        if (entry.state !== 'executing' || entry.owner === liveOwner) continue;
        write(key, { ...entry, state: 'outcome_unknown' });
        count += 1;
      }
      return count;
    },

    prune(claimedBefore, limit) {
      let { ledger, ledgerByAge } = draft.tables;
      let count = 0;
      for (const [age, at] of ledgerByAge.between(undefined, sortableNumber(claimedBefore))) {
        if (count >= limit) break;
        ledger = ledger.delete(at);
        ledgerByAge = ledgerByAge.delete(age);
        count += 1;
      }
      draft.tables = { ...draft.tables, ledger, ledgerByAge };
      return count;
    },
  };
}

function rowKey({ tenant, device, type, key }: LedgerKey): string {
  return encodeParts([tenant, device, type, key]);
}

function ageKey({ key, entry }: LedgerRow): string {
  return sortableNumber(entry.claimedAt) + rowKey(key);
}
