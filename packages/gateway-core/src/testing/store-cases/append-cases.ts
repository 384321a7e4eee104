import type { Store, StoredEvent } from '../../ports/store.ts';
import { ensure, equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { appendAll, event, TROUBLESOME_TEXTS } from '../store-samples.ts';

export const appendCases: readonly StoreCase[] = [
  storeCase('tells about events before the work that wrote them resolves', async (store) => {
    const heard = listen(store);

    for (const id of ['e1', 'e2']) {
      await store.transact((tx) => tx.log.append('acme', event(id)));
      equal(heard.ids('acme').at(-1), id);
    }
  }),

  storeCase('tells nothing of a work that was rolled back, or that appended nothing', async (store) => {
    const heard = listen(store);
    const failing = store.transact(async (tx) => {
      await tx.log.append('acme', event('lost'));
      throw new RangeError('no');
    });
    await Promise.all([
      rejects(failing, 'RangeError'),
      store.transact((tx) => tx.log.append('acme', event('kept'))),
      store.transact((tx) => tx.log.tenants()),
    ]);

    equal(heard.ids('acme'), ['kept']);
    ensure(
      heard.calls.every(({ events }) => events.length > 0),
      'a listener was told about no events',
    );
  }),

  storeCase('tells each event exactly once, per tenant in order and without holes', async (store) => {
    const heard = listen(store);
    await Promise.allSettled(
      Array.from({ length: 80 }, (_, at) =>
        store.transact(async (tx) => {
          await tx.log.append(`tenant-${at % 3}`, event(`${at}-a`));
          await tx.log.append(`tenant-${(at + 1) % 3}`, event(`${at}-b`));
          if (at % 5 === 3) throw new RangeError('no');
        }),
      ),
    );

    for (const tenant of ['tenant-0', 'tenant-1', 'tenant-2']) {
      equal(heard.events(tenant), await store.log.read(tenant, 0, 1_000), tenant);
    }
  }),

  storeCase('tells events as they are read later, whatever their texts', async (store) => {
    const heard = listen(store);
    for (const [at, text] of TROUBLESOME_TEXTS.entries()) {
      const odd = event(`e${at}`, { device: text, scope: { kind: 'node', id: text } });
      await store.transact((tx) => tx.log.append(text, odd));
      equal(heard.events(text), await store.log.read(text, 0, 9));
      equal(heard.events(text), [{ ...odd, position: 1 }]);
    }
  }),

  storeCase('tells a listener everything from its first call on, until it is undone', async (store) => {
    await appendAll(store, 'acme', ['before']);
    const heard = listen(store);
    await appendAll(store, 'acme', ['e1', 'e2']);
    const later = listen(store);
    await appendAll(store, 'acme', ['e3']);
    heard.undo();
    heard.undo();
    await appendAll(store, 'acme', ['e4']);

    equal(heard.ids('acme'), ['e1', 'e2', 'e3']);
    equal(later.ids('acme'), ['e3', 'e4']);
  }),

  storeCase('is not hurt by a listener that throws, and neither are the others', async (store) => {
    store.log.onAppend(() => {
      throw new RangeError('this listener throws on purpose');
    });
    const heard = listen(store);
    await appendAll(store, 'acme', ['e1', 'e2']);

    equal(heard.ids('acme'), ['e1', 'e2']);
    equal(await store.transact((tx) => tx.log.append('acme', event('e3'))), 3);
  }),

  storeCase('has read what a listener was told about', async (store) => {
    const reads: Promise<readonly StoredEvent[]>[] = [];
    const told: (readonly StoredEvent[])[] = [];
    store.log.onAppend((tenant, events) => {
      told.push(events);
      reads.push(store.log.read(tenant, (events[0]?.position ?? 0) - 1, events.length));
    });
    await Promise.all(['e1', 'e2', 'e3'].map((id) => store.transact((tx) => tx.log.append('acme', event(id)))));

    equal(await Promise.all(reads), told);
    equal(told.flat().length, 3);
  }),

  storeCase('lets a listener start new works', async (store) => {
    const followed: Promise<number>[] = [];
    const undo = store.log.onAppend((_tenant, events) => {
      undo();
      followed.push(store.transact((tx) => tx.log.append('acme', event(`after ${events[0]?.eventId}`))));
    });
    await appendAll(store, 'acme', ['e1']);

    equal(await Promise.all(followed), [2]);
  }),
];

function listen(store: Store) {
  const calls: { readonly tenant: string; readonly events: readonly StoredEvent[] }[] = [];
  const undo = store.log.onAppend((tenant, events) => void calls.push({ tenant, events }));
  const events = (tenant: string) => calls.filter((call) => call.tenant === tenant).flatMap((call) => call.events);
  return { calls, undo, events, ids: (tenant: string) => events(tenant).map(({ eventId }) => eventId) };
}
