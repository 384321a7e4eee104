import type { Awaitable } from './crypto.ts';

/**
 * Where a client keeps what must outlive the process: its place in the events, the gateway it trusts, a node's token and the
 * requests that have not settled. One storage serves one device at one gateway.
 */
export interface ClientStorage {
  get(key: string): Awaitable<string | undefined>;
  /** Resolves once the value would survive what the storage promises to survive. */
  set(key: string, value: string): Awaitable<void>;
  delete(key: string): Awaitable<void>;
}

/** A storage that lasts as long as the process. */
export function createMemoryStorage(): ClientStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  };
}
