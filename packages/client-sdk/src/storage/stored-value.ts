import { ClientError } from '../client-error.ts';
import type { ClientStorage } from '../ports/storage.ts';

/** One value in the storage. Writes go out one at a time, and one that was overtaken before it began is never made. */
export interface StoredValue {
  load(): Promise<string | undefined>;
  /** Resolves once this value, or a newer one, is stored. `undefined` deletes. @throws {ClientError} `storage_failed` */
  save(value: string | undefined): Promise<void>;
}

export function createStoredValue(storage: ClientStorage, key: string): StoredValue {
  let wanted: { value: string | undefined; done: Promise<void> } | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const value = wanted?.value;
    wanted = undefined;
    try {
      await (value === undefined ? storage.delete(key) : storage.set(key, value));
    } catch (cause) {
      throw new ClientError('storage_failed', `storage: cannot write ${key}`, { cause });
    }
  }

  return {
    async load() {
      try {
        return await storage.get(key);
      } catch (cause) {
        throw new ClientError('storage_failed', `storage: cannot read ${key}`, { cause });
      }
    },
    save(value) {
      if (wanted !== undefined) {
        wanted.value = value;
        return wanted.done;
      }
      const done = writing.then(write);
      wanted = { value, done };
      // A failed write is its caller's to hear of; the next one is tried all the same.
      writing = done.catch(() => {});
      return done;
    },
  };
}
