import type { Awaitable, Transaction } from '@tyrum/gateway-core';

/**
 * The same transaction, whose reads wait for a disk first whenever there is something to wait for.
 *
 * @param wait is done before a read
 * @param isSlow whether reads wait at all now; otherwise they answer at once, as those of most engines do
 */
export function slowTransaction(tx: Transaction, wait: () => Promise<void>, isSlow: () => boolean): Transaction {
  const { documents, ledger, log, cursors } = tx;
  const slowly = <Value>(read: () => Awaitable<Value>): Awaitable<Value> => (isSlow() ? wait().then(read) : read());
  return {
    documents: {
      get: (tenant, collection, id) => slowly(() => documents.get(tenant, collection, id)),
      put: documents.put,
      delete: documents.delete,
      list: (tenant, collection, query) => slowly(() => documents.list(tenant, collection, query)),
    },
    ledger: {
      ...ledger,
      get: (key) => slowly(() => ledger.get(key)),
      claim: (key, entry) => slowly(() => ledger.claim(key, entry)),
    },
    log: {
      ...log,
      state: (tenant, newEpoch) => slowly(() => log.state(tenant, newEpoch)),
    },
    cursors: {
      ...cursors,
      get: (tenant, device) => slowly(() => cursors.get(tenant, device)),
    },
    native: undefined,
  };
}
