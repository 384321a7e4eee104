import { ClientError } from '../client-error.ts';
import type { KeyPairStore } from './web-crypto-identity.ts';

const STORE = 'keys';
const KEY = 'device';

/** A key pair in IndexedDB, which stores a non-extractable key as it is. Two tabs that begin at once end with one pair. */
export function createIndexedDbKeys(
  name: string,
  factory: IDBFactory | undefined = globalThis.indexedDB,
): KeyPairStore {
  async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await open(name, factory);
    try {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(failure('write', transaction.error));
        transaction.onerror = () => reject(failure('write', transaction.error));
      });
      return request.result;
    } finally {
      database.close();
    }
  }

  const load = () => inStore<CryptoKeyPair | undefined>('readonly', (store) => store.get(KEY));
  return {
    load,
    async keep(pair) {
      try {
        // `add` refuses where `put` would overwrite the pair of another tab.
        await inStore('readwrite', (store) => store.add(pair, KEY));
      } catch (error) {
        const kept = await load();
        if (kept === undefined) throw error;
        return kept;
      }
      return pair;
    },
  };
}

function open(name: string, factory: IDBFactory | undefined): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (factory === undefined) {
      throw new ClientError('bad_configuration', 'this runtime has no IndexedDB to keep the device key in', {
        mustChange: 'client',
      });
    }
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure('open', request.error));
    request.onblocked = () => reject(failure('open', null));
  });
}

function failure(what: string, cause: DOMException | null): ClientError {
  return new ClientError('storage_failed', `IndexedDB: cannot ${what} the device key`, { cause });
}
