import { equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { TROUBLESOME_TEXTS } from '../store-samples.ts';

export const cursorCases: readonly StoreCase[] = [
  storeCase('keeps the latest cursor of a device', async (store) => {
    await store.transact(async (tx) => {
      equal(await tx.cursors.get('acme', 'dev_1'), undefined);
      await tx.cursors.put('acme', 'dev_1', { position: 7, cursor: 'opaque-7' });
      equal(await tx.cursors.get('acme', 'dev_1'), { position: 7, cursor: 'opaque-7' });
    });
    await store.transact((tx) => tx.cursors.put('acme', 'dev_1', { position: 3, cursor: 'opaque-3' }));

    const kept = await store.transact((tx) => tx.cursors.get('acme', 'dev_1'));

    equal(kept, { position: 3, cursor: 'opaque-3' });
  }),

  storeCase('separates cursors by tenant and device, whatever their text', async (store) => {
    await store.transact(async (tx) => {
      for (const [at, text] of TROUBLESOME_TEXTS.entries()) {
        await tx.cursors.put(text, 'dev_1', { position: at, cursor: `t${at}` });
        await tx.cursors.put('acme', text, { position: at, cursor: `d${at}` });
      }
    });

    await store.transact(async (tx) => {
      for (const [at, text] of TROUBLESOME_TEXTS.entries()) {
        equal(await tx.cursors.get(text, 'dev_1'), { position: at, cursor: `t${at}` });
        equal(await tx.cursors.get('acme', text), { position: at, cursor: `d${at}` });
      }
    });
  }),

  storeCase('rolls a cursor back with its work', async (store) => {
    await store.transact((tx) => tx.cursors.put('acme', 'dev_1', { position: 1, cursor: 'kept' }));
    const failing = store.transact(async (tx) => {
      await tx.cursors.put('acme', 'dev_1', { position: 2, cursor: 'lost' });
      throw new RangeError('no');
    });
    await rejects(failing, 'RangeError');

    equal(await store.transact((tx) => tx.cursors.get('acme', 'dev_1')), { position: 1, cursor: 'kept' });
  }),
];
