import { describe, it } from 'vitest';
import type { Store } from '../ports/store.ts';
import { storeCases } from '../testing/store-suite.ts';
import { createMemoryStore } from './memory-store.ts';

describe('the memory store', () => {
  for (const { name, run } of storeCases) {
    it(name, () => run(openMemoryStore));
  }
});

function openMemoryStore() {
  let broken = false;
  const faults = {
    beforeCommit() {
      if (broken) throw new Error('the disk is full');
    },
  };
  const store = createMemoryStore({ faults });
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
