import type { LedgerEntry, LedgerKey, LogState, StoredCursor, StoredEvent } from '../ports/store.ts';
import type { SortedMap } from './sorted-map.ts';

/** Everything that a memory store holds at one moment. Immutable: a change makes new tables. */
export interface Tables {
  readonly documents: SortedMap<string, DocumentRow>;
  /** The id of the document under each of its index keys. */
  readonly entries: SortedMap<string, string>;
  readonly ledger: SortedMap<string, LedgerRow>;
  /** The ledger's keys in the order of their claims. */
  readonly ledgerByAge: SortedMap<string, string>;
  readonly logs: SortedMap<string, LogRow>;
  readonly cursors: SortedMap<string, StoredCursor>;
}

export interface DocumentRow {
  readonly version: number;
  /** JSON text, so that nobody shares a value with the store. */
  readonly text: string;
  readonly keys: Readonly<Record<string, string>>;
}

export interface LedgerRow {
  readonly key: LedgerKey;
  readonly entry: LedgerEntry;
}

export interface LogRow extends LogState {
  readonly tenant: string;
  readonly events: SortedMap<number, StoredEvent>;
}

/** What the running work sees and changes. */
export interface Draft {
  /** @throws {Error} when no work is running: a transaction is not to be used after its end */
  tables: Tables;
}

export const EMPTY_TABLES: Tables = {
  documents: undefined,
  entries: undefined,
  ledger: undefined,
  ledgerByAge: undefined,
  logs: undefined,
  cursors: undefined,
};
