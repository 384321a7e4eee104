import type { LedgerEntry, LedgerKey } from '@tyrum/gateway-core';

/** Which entries of the ledger were synced, ever. */
export interface TrueLedger {
  synced(key: LedgerKey, entry: LedgerEntry): void;
  /** A gateway process said that it alone is alive. */
  abandoned(liveOwner: string): void;
  find(key: LedgerKey): TrueEntry | undefined;
  /** A claim that a dead process left behind and that has been like that for a while, for people. */
  leftBehind(): string | undefined;
  /** Entries that a restored backup does not have are gone. */
  mark(): ReadonlyMap<string, LedgerEntry>;
  restored(mark: ReadonlyMap<string, LedgerEntry>): void;
}

export interface TrueEntry {
  readonly entry: LedgerEntry;
  /** When it was synced, in virtual milliseconds. */
  readonly since: number;
  /** Whether it counts as if the key had never been used: a handler failed without an answer. */
  readonly released: boolean;
}

/** How long a claim may stay before it counts as left behind: longer than any handler of a simulated product runs. */
const LEFT_MS = 30_000;

export function createTrueLedger(now: () => number): TrueLedger {
  let entries = new Map<string, LedgerEntry>();
  const changedAt = new Map<string, number>();
  let live: string | undefined;
  const nameOf = ({ tenant, device, type, key }: LedgerKey) => JSON.stringify([tenant, device, type, key]);
  return {
    synced(key, entry) {
      entries.set(nameOf(key), entry);
      changedAt.set(nameOf(key), now());
    },
    abandoned(liveOwner) {
      live = liveOwner;
      for (const [name, entry] of entries) {
        if (entry.state === 'executing' && entry.owner !== liveOwner)
          entries.set(name, { ...entry, state: 'outcome_unknown' });
      }
    },
    leftBehind() {
      for (const [name, { state, owner }] of entries) {
        if (state !== 'executing' || owner === live || now() - (changedAt.get(name) ?? 0) < LEFT_MS) continue;
        return name;
      }
      return undefined;
    },
    find(key) {
      const entry = entries.get(nameOf(key));
      if (entry === undefined) return undefined;
      const released = entry.response?.startsWith('{"released"') === true;
      return { entry, since: changedAt.get(nameOf(key)) ?? 0, released };
    },
    mark: () => new Map(entries),
    restored(mark) {
      entries = new Map(mark);
    },
  };
}
