import type { ClientStorage } from '@tyrum/client-sdk';

/** Keeps the place in the events in memory alone. */
export function forgetsTheCursor(storage: ClientStorage): ClientStorage {
  return {
    ...storage,
    set: (key, value) => (key.endsWith('/cursor') ? undefined : storage.set(key, value)),
  };
}

/** Keeps requests that have not settled in memory alone. */
export function forgetsTheOutbox(storage: ClientStorage): ClientStorage {
  return {
    ...storage,
    set: (key, value) => (key.endsWith('/outbox') ? undefined : storage.set(key, value)),
  };
}
