import type { LedgerEntry, LedgerKey, Transaction } from '@tyrum/gateway-core';

/** What a work wrote that whoever judges a world wants to know, besides the events. */
export type Written =
  | { readonly kind: 'ledger'; readonly key: LedgerKey; readonly entry: LedgerEntry }
  /** Every claim of an owner but this one is given up. */
  | { readonly kind: 'abandon'; readonly liveOwner: string }
  | { readonly kind: 'trim'; readonly tenant: string; readonly floor: number };

/** The same transaction, which also notes what it writes. */
export function watchWrites(tx: Transaction, written: Written[]): Transaction {
  const { ledger, log } = tx;
  return {
    ...tx,
    ledger: {
      ...ledger,
      async claim(key, entry) {
        const earlier = await ledger.claim(key, entry);
        if (earlier === undefined) written.push({ kind: 'ledger', key, entry });
        return earlier;
      },
      async settle(key, entry) {
        await ledger.settle(key, entry);
        written.push({ kind: 'ledger', key, entry });
      },
      async abandon(liveOwner) {
        const count = await ledger.abandon(liveOwner);
        written.push({ kind: 'abandon', liveOwner });
        return count;
      },
    },
    log: {
      ...log,
      async trim(tenant, bounds) {
        const floor = await log.trim(tenant, bounds);
        written.push({ kind: 'trim', tenant, floor });
        return floor;
      },
    },
  };
}
