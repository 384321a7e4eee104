import type { Ledger, LedgerEntry, LedgerKey } from '../ports/store.ts';
import { encodeParts, sortableNumber } from './document-index.ts';
import type { Draft, LedgerRow } from './memory-tables.ts';
import { between, find, insert, remove } from './sorted-map.ts';

/** The ledger of a memory store, as the running work sees it. */
export function createMemoryLedger(draft: Draft): Ledger {
  function write(at: string, key: LedgerKey, entry: LedgerEntry, before: LedgerRow | undefined): void {
    const { tables } = draft;
    const row = { key: Object.freeze({ ...key }), entry: Object.freeze({ ...entry }) };
    let { ledgerByAge } = tables;
    if (entry.claimedAt !== before?.entry.claimedAt) {
      if (before !== undefined) ledgerByAge = remove(ledgerByAge, ageKey(at, before.entry));
      ledgerByAge = insert(ledgerByAge, ageKey(at, entry), at);
    }
    draft.tables = { ...tables, ledger: insert(tables.ledger, at, row), ledgerByAge };
  }

  return {
    get: (key) => find(draft.tables.ledger, rowKey(key))?.entry,

    claim(key, entry) {
      const at = rowKey(key);
      const there = find(draft.tables.ledger, at);
      if (there === undefined) write(at, key, entry, undefined);
      return there?.entry;
    },

    settle(key, entry) {
      const at = rowKey(key);
      const before = find(draft.tables.ledger, at);
      if (before === undefined) throw new Error(`there is no ledger entry of ${key.type} to settle`);
      write(at, key, entry, before);
    },

    abandon(liveOwner) {
      let count = 0;
      for (const [at, row] of between(draft.tables.ledger, undefined, undefined)) {
        if (row.entry.state !== 'executing' || row.entry.owner === liveOwner) continue;
        write(at, row.key, { ...row.entry, state: 'outcome_unknown' }, row);
        count += 1;
      }
      return count;
    },

    prune(claimedBefore, limit) {
      let { ledger, ledgerByAge } = draft.tables;
      let count = 0;
      for (const [age, at] of between(ledgerByAge, undefined, sortableNumber(claimedBefore))) {
        if (count >= limit) break;
        ledger = remove(ledger, at);
        ledgerByAge = remove(ledgerByAge, age);
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

function ageKey(at: string, { claimedAt }: LedgerEntry): string {
  return sortableNumber(claimedAt) + at;
}
