import type { Store, Transaction } from '../../ports/store.ts';
import { ensure, equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { ALL, event, eventIds, listed, NONE, notes, readAll, writeAll } from '../store-samples.ts';

export const transactionCases: readonly StoreCase[] = [
  storeCase('says what its commits promise', async (store) => {
    ensure(['memory', 'disk', 'replicated'].includes(store.durability), `unknown durability ${store.durability}`);
  }),

  storeCase('resolves with what the work returns, at once or later', async (store) => {
    equal(await store.transact(() => 'now'), 'now');
    equal(await store.transact(() => undefined), undefined);
    equal(await store.transact(async (tx) => [await tx.documents.get('acme', notes, 'none'), 'later']), [
      undefined,
      'later',
    ]);
  }),

  storeCase('keeps documents, ledger, events and cursors of one work together', async (store) => {
    await store.transact((tx) => writeAll(tx, 'kept'));

    equal(await readAll(store, 'kept'), ALL);
  }),

  storeCase('rolls everything back when a work throws, and rejects with what it threw', async (store) => {
    const thrown = { not: 'even an error' };
    const throws = store.transact(async (tx) => {
      await writeAll(tx, 'lost');
      throw thrown;
    });
    await rejects(throws, thrown);

    const throwsAtOnce = store.transact(() => {
      throw thrown;
    });
    await rejects(throwsAtOnce, thrown);

    equal(await readAll(store, 'lost'), NONE);
  }),

  storeCase('rolls back a document to the version, the value and the index keys it had', async (store) => {
    await store.transact((tx) => tx.documents.put('acme', notes, 'a', { path: ['before'] }));
    await store.transact((tx) => tx.documents.put('acme', notes, 'b', { path: ['between'] }));

    const failing = store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', { path: ['z-after'] });
      await tx.documents.delete('acme', notes, 'b');
      throw new RangeError('changed its mind');
    });
    await rejects(failing, 'RangeError');

    await store.transact(async (tx) => {
      equal(await tx.documents.get('acme', notes, 'a'), { id: 'a', version: 1, value: { path: ['before'] } });
      equal(await listed(tx, 'acme', notes), ['a', 'b']);
    });
  }),

  storeCase('lets a work fail alone among others that are ready at the same time', async (store) => {
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) =>
        store.transact(async (tx) => {
          await writeAll(tx, `work-${at}`);
          if (at % 3 === 1) throw new RangeError(`work ${at}`);
          return at;
        }),
      ),
    );

    for (const [at, outcome] of settled.entries()) {
      const failing = at % 3 === 1;
      equal(outcome.status, failing ? 'rejected' : 'fulfilled', `work ${at}`);
      if (outcome.status === 'fulfilled') equal(outcome.value, at);
      else equal(String(outcome.reason), `RangeError: work ${at}`);
      equal(await readAll(store, `work-${at}`), failing ? NONE : ALL, `what work ${at} left`);
    }
  }),

  storeCase('shows a work what it wrote itself', async (store) => {
    await store.transact(async (tx) => {
      await writeAll(tx, 'own');
      equal((await tx.documents.get('acme', notes, 'own'))?.version, 1);
      equal(await listed(tx, 'acme', notes), ['own']);
      equal((await tx.cursors.get('acme', 'own'))?.cursor, 'cursor-own');
      await tx.documents.delete('acme', notes, 'own');
      equal(await tx.documents.get('acme', notes, 'own'), undefined);
      equal(await listed(tx, 'acme', notes), []);
    });
  }),

  storeCase('runs works as if one after another, however they are interleaved', async (store) => {
    const increment = (tx: Transaction) => addOne(tx, 'counter');
    const half = Array.from({ length: 60 }, () => store.transact(increment));
    await half[0];
    await Promise.all([...half, ...Array.from({ length: 60 }, () => store.transact(increment))]);

    const counter = await store.transact((tx) => tx.documents.get('acme', notes, 'counter'));

    equal(counter, { id: 'counter', version: 120, value: { path: [], rank: 120 } });
  }),

  storeCase('shows readers of the log nothing of a work before its commit, and then all of it', async (store) => {
    const undone = watch(store, async (tx) => {
      await tx.log.append('acme', event('never'));
      await pause(tx, 30);
      throw new RangeError('after a while');
    });
    equal([...(await undone)], [0]);
    const kept = watch(store, async (tx) => {
      await tx.log.append('acme', event('first'));
      await pause(tx, 30);
      await tx.log.append('acme', event('second'));
    });
    for (const count of await kept) ensure(count !== 1, 'a reader saw one of two events that belong together');

    equal(await eventIds(store, 'acme'), ['first', 'second']);
  }),

  storeCase('makes a commit visible to readers of the log before its work resolves', async (store) => {
    for (const id of ['one', 'two', 'three']) {
      await store.transact((tx) => tx.log.append('acme', event(id)));
      equal((await eventIds(store, 'acme')).at(-1), id);
    }
  }),

  storeCase('finishes what was started when it is closed, and refuses what comes later', async (store) => {
    const started = Array.from({ length: 10 }, (_, at) =>
      store.transact((tx) => tx.log.append('acme', event(`e${at}`))),
    );
    const closed = store.close();
    const late = store.transact((tx) => writeAll(tx, 'late'));

    await rejects(late, 'StoreUnavailableError');
    await closed;
    equal(await Promise.all(started), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await refusesEverything(store);
    await store.close();
  }),
];

async function refusesEverything(store: Store): Promise<void> {
  await rejects(
    store.transact(() => 1),
    'StoreUnavailableError',
    'transact',
  );
  await rejects(store.log.read('acme', 0, 10), 'StoreUnavailableError', 'log.read');
}

async function addOne(tx: Transaction, id: string): Promise<void> {
  const before = await tx.documents.get('acme', notes, id);
  await tx.documents.put('acme', notes, id, { path: [], rank: (before?.value.rank ?? 0) + 1 }, before?.version ?? 0);
}

/** The lengths that the log was seen to have while a work ran. */
async function watch(store: Store, work: (tx: Transaction) => Promise<void>): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const done = store
    .transact((tx) => {
      begin();
      return work(tx);
    })
    .catch(() => undefined);
  await begun;
  for (let reads = 0; reads < 40; reads += 1) seen.add((await eventIds(store, 'acme')).length);
  await done;
  return seen;
}

/** Takes a while inside a transaction, awaiting nothing but the transaction. */
async function pause(tx: Transaction, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) await tx.documents.get('acme', notes, `step-${step}`);
}
