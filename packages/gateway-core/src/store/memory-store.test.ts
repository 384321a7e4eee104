import { describe, expect, it } from 'vitest';
import { type Collection, type Store, StoreUnavailableError, type Transaction } from '../ports/store.ts';
import { storeCases } from '../testing/store-suite.ts';
import { createMemoryStore } from './memory-store.ts';

describe('the memory store', () => {
  for (const { name, run } of storeCases) {
    it(name, () => run(openMemoryStore));
  }
});

describe('the faults of a memory store', () => {
  it('keep nothing of a commit that fails beforehand', async () => {
    const store = createMemoryStore({ faults: { beforeCommit: failOnce() } });
    const heard: string[] = [];
    store.log.onAppend((_tenant, events) => heard.push(...events.map(({ eventId }) => eventId)));

    await expect(store.transact((tx) => append(tx, 'lost'))).rejects.toThrow(StoreUnavailableError);
    await store.transact((tx) => append(tx, 'kept'));

    expect(heard).toEqual(['kept']);
    expect((await store.log.read('acme', 0, 9)).map(({ eventId }) => eventId)).toEqual(['kept']);
  });

  it('keep a commit that is reported as failed afterwards, and tell its events', async () => {
    const store = createMemoryStore({ faults: { afterCommit: failOnce() } });
    const heard: string[] = [];
    store.log.onAppend((_tenant, events) => heard.push(...events.map(({ eventId }) => eventId)));

    await expect(store.transact((tx) => append(tx, 'in doubt'))).rejects.toThrow(StoreUnavailableError);
    await store.transact((tx) => append(tx, 'later'));

    expect(heard).toEqual(['in doubt', 'later']);
    expect((await store.log.read('acme', 0, 9)).map(({ position }) => position)).toEqual([1, 2]);
  });

  it('make a read fail, or wait', async () => {
    const store = createMemoryStore({ faults: { beforeRead: failOnce() } });
    await store.transact((tx) => append(tx, 'kept'));

    await expect(store.log.read('acme', 0, 9)).rejects.toThrow(StoreUnavailableError);
    await expect(store.log.read('acme', 0, 9)).resolves.toHaveLength(1);
  });

  it('show a disk without the batch that is being committed, and then with it', async () => {
    const seen: number[] = [];
    const look = async () => {
      const copy = createMemoryStore({ from: store.snapshot() });
      seen.push((await copy.log.read('acme', 0, 9)).length);
    };
    const store = createMemoryStore({ faults: { beforeCommit: look, afterCommit: look } });

    await store.transact((tx) => append(tx, 'one'));

    expect(seen).toEqual([0, 1]);
  });
});

describe('a transaction of a memory store', () => {
  it('cannot be used after its work has ended', async () => {
    const store = createMemoryStore();
    const leaked = await store.transact((tx) => tx);
    const things: Collection<number> = { name: 'things', indexes: {} };

    expect(() => leaked.documents.put('acme', things, 'a', 1)).toThrow('the transaction has ended');
    expect(() => append(leaked, 'late')).toThrow('the transaction has ended');
    expect(await store.log.read('acme', 0, 9)).toEqual([]);
  });

  it('refuses to settle what was never claimed', async () => {
    const store = createMemoryStore();
    const key = { tenant: 'acme', device: 'dev_1', type: 'note.write', key: 'k' };
    const entry = { payloadHash: 'hash', owner: 'gateway-1', state: 'executing', claimedAt: 1 } as const;

    await expect(store.transact((tx) => tx.ledger.settle(key, entry))).rejects.toThrow('no ledger entry');
  });

  it('refuses a document that JSON cannot say', async () => {
    const store = createMemoryStore();
    const things: Collection<unknown> = { name: 'things', indexes: {} };

    await expect(store.transact((tx) => tx.documents.put('acme', things, 'a', undefined))).rejects.toThrow(TypeError);
  });
});

function append(tx: Transaction, eventId: string) {
  return tx.log.append('acme', { eventId, type: 'note.changed', occurredAt: 0, payload: '{}' });
}

function failOnce(): () => void {
  let failed = false;
  return () => {
    if (failed) return;
    failed = true;
    throw new Error('the disk is gone');
  };
}

function openMemoryStore() {
  let broken = false;
  const faults = {
    beforeCommit() {
      if (broken) throw new Error('the disk is full');
    },
  };
  const store = createMemoryStore({ faults, onListenerError: () => undefined });
  return {
    store,
    async reopen(): Promise<Store> {
      await store.close();
      return createMemoryStore({ from: store.snapshot() });
    },
    async crash(): Promise<Store> {
      return createMemoryStore({ from: store.snapshot() });
    },
    outage() {
      broken = true;
      return () => {
        broken = false;
      };
    },
  };
}
