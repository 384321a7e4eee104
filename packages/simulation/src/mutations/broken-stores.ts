import type { LedgerEntry, LedgerKey, NewEvent, Store, Transaction } from '@tyrum/gateway-core';

/** Answers before the commit that holds the answer's effect. */
export function acknowledgesEarly(store: Store): Store {
  return {
    ...store,
    transact: (work) =>
      new Promise((resolve, reject) => {
        store
          .transact(async (tx) => {
            const value = await work(tx);
            resolve(value);
            return value;
          })
          .catch(reject);
      }),
  };
}

/** Keeps the ledger's entries in a transaction of their own, after the one that had the effect. */
export function splitsTheLedgerOff(store: Store): Store {
  return {
    ...store,
    async transact(work) {
      let claims: (readonly [LedgerKey, LedgerEntry])[] = [];
      const value = await store.transact((tx) => {
        claims = [];
        const split: Transaction = {
          ...tx,
          ledger: {
            ...tx.ledger,
            async claim(key, entry) {
              const earlier = await tx.ledger.get(key);
              if (earlier === undefined) claims.push([key, entry]);
              return earlier;
            },
          },
        };
        return work(split);
      });
      if (claims.length > 0) {
        await store.transact(async (tx) => {
          for (const [key, entry] of claims) await tx.ledger.claim(key, entry);
        });
      }
      return value;
    },
  };
}

/** Appends events in a transaction of their own, after the one that changed what they tell of. */
export function splitsTheLogOff(store: Store): Store {
  return {
    ...store,
    async transact(work) {
      let appended: (readonly [string, NewEvent])[] = [];
      const value = await store.transact((tx) => {
        appended = [];
        const split: Transaction = {
          ...tx,
          log: {
            ...tx.log,
            append(tenant, event) {
              appended.push([tenant, event]);
              return 0;
            },
          },
        };
        return work(split);
      });
      if (appended.length > 0) {
        await store.transact(async (tx) => {
          for (const [tenant, event] of appended) await tx.log.append(tenant, event);
        });
      }
      return value;
    },
  };
}
