import type { Store } from '../../ports/store.ts';
import { ensure, equal, rejects } from '../assertions.ts';
import { outageCase, type StoreCase, survivalCase } from '../store-case.ts';
import {
  ALL,
  appendAll,
  event,
  eventIds,
  executing,
  ledgerKey,
  listed,
  NONE,
  notes,
  readAll,
  writeAll,
} from '../store-samples.ts';

export const survivalCases: readonly StoreCase[] = [
  survivalCase('reopen', 'keeps everything when it is closed and opened again', async (store, reopen) => {
    await writeSomething(store);
    await expectSomething(await reopen());
  }),

  survivalCase('reopen', 'goes on where it was when it is opened again', async (store, reopen) => {
    await writeSomething(store);
    const again = await reopen();

    equal(await again.transact((tx) => tx.documents.put('acme', notes, 'b', { path: ['a-first'] }, 2)), 3);
    equal(await again.transact((tx) => tx.log.append('acme', event('next'))), 4);
    equal(
      await again.transact((tx) => tx.ledger.claim(ledgerKey('open'), executing('gateway-2'))),
      executing('gateway-1'),
    );
    equal(await again.transact((tx) => tx.ledger.abandon('gateway-2')), 1);
    equal(await again.transact((tx) => listed(tx, 'acme', notes)), ['a', 'b', 'c']);
  }),

  survivalCase('crash', 'keeps everything that was acknowledged before a crash', async (store, crash) => {
    await writeSomething(store);
    await expectSomething(await crash());
  }),

  survivalCase('crash', 'keeps of an unacknowledged work all or nothing after a crash', async (store, crash) => {
    await store.transact((tx) => writeAll(tx, 'acknowledged'));
    const under = Array.from({ length: 20 }, (_, at) =>
      store.transact((tx) => writeAll(tx, `under-way-${at}`)).catch(() => undefined),
    );
    await under[0];
    const after = Array.from({ length: 5 }, (_, at) =>
      store.transact((tx) => writeAll(tx, `late-${at}`)).catch(() => undefined),
    );

    const again = await crash();

    equal(await readAll(again, 'acknowledged'), ALL);
    equal(await readAll(again, 'under-way-0'), ALL);
    const names = [...under.keys()].map((at) => `under-way-${at}`).concat([...after.keys()].map((at) => `late-${at}`));
    for (const name of names) {
      const there = await readAll(again, name);
      ensure(new Set(there).size === 1, `a part of ${name} was kept: ${there.join()}`);
    }
    const positions = (await again.log.read('acme', 0, 1_000)).map(({ position }) => position);
    equal(
      positions,
      [...positions.keys()].map((at) => at + 1),
    );
  }),

  outageCase(
    'keeps and acknowledges nothing while its engine cannot commit, and recovers with it',
    async (store, outage) => {
      await store.transact((tx) => writeAll(tx, 'before'));
      const heard: string[] = [];
      store.log.onAppend((_tenant, events) => heard.push(...events.map(({ eventId }) => eventId)));

      const end = await outage();
      const works = ['one', 'two', 'three'].map((name) => store.transact((tx) => writeAll(tx, name)));
      await Promise.all(works.map((work) => rejects(work, 'StoreUnavailableError')));
      await rejects(
        store.transact((tx) => writeAll(tx, 'still')),
        'StoreUnavailableError',
      );
      await end();

      for (const name of ['one', 'two', 'three', 'still']) equal(await readAll(store, name), NONE, name);
      await store.transact((tx) => writeAll(tx, 'after'));
      equal(await eventIds(store, 'acme'), ['before', 'after']);
      equal(heard, ['after']);
      equal(await readAll(store, 'after'), ALL);
    },
  ),

  outageCase(
    'gives a work that threw its own error, also when the commit of the others fails',
    async (store, outage) => {
      const end = await outage();
      const own = store.transact(() => {
        throw new RangeError('its own');
      });
      const other = store.transact((tx) => writeAll(tx, 'other'));

      await Promise.all([rejects(own, 'RangeError'), rejects(other, 'StoreUnavailableError')]);
      await end();
    },
  ),
];

async function writeSomething(store: Store): Promise<void> {
  await store.transact(async (tx) => {
    await tx.documents.put('acme', notes, 'a', { path: ['a', '\u{1f600}'], rank: 2 });
    await tx.documents.put('acme', notes, 'b', { path: ['z'], rank: 1 });
    await tx.documents.put('acme', notes, 'c', { path: ['c'] });
    await tx.documents.put('acme', notes, 'gone', { path: ['gone'] });
  });
  await store.transact((tx) => tx.documents.put('acme', notes, 'b', { path: ['b'], rank: 1 }, 1));
  await store.transact((tx) => tx.documents.delete('acme', notes, 'gone'));
  await store.transact((tx) => tx.log.state('acme', () => 'epoch-1'));
  await appendAll(store, 'acme', ['e1', 'e2']);
  await store.transact((tx) => tx.log.trim('acme', { upTo: 1, limit: 9 }));
  await store.transact(async (tx) => {
    await tx.ledger.claim(ledgerKey('open'), executing('gateway-1'));
    await writeAll(tx, 'all');
    await tx.documents.delete('acme', notes, 'all');
  });
}

async function expectSomething(store: Store): Promise<void> {
  await store.transact(async (tx) => {
    equal(await tx.documents.get('acme', notes, 'b'), { id: 'b', version: 2, value: { path: ['b'], rank: 1 } });
    equal(await tx.documents.get('acme', notes, 'gone'), undefined);
    equal(await listed(tx, 'acme', notes), ['a', 'b', 'c']);
    equal(await listed(tx, 'acme', notes, 'rank'), ['b', 'a']);
    equal(await tx.ledger.get(ledgerKey('open')), executing('gateway-1'));
    equal((await tx.ledger.get(ledgerKey('all')))?.response, '{"name":"all"}');
    equal(await tx.cursors.get('acme', 'all'), { position: 1, cursor: 'cursor-all' });
    equal(await tx.log.state('acme', () => 'epoch-2'), {
      epoch: 'epoch-1',
      head: 3,
      floor: 1,
      headEventId: 'all',
      floorEventId: 'e1',
    });
  });
  equal(await eventIds(store, 'acme'), ['e2', 'all']);
}
