import type { NewEvent, Store } from '../../ports/store.ts';
import { equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { appendAll, event, eventIds, TROUBLESOME_TEXTS } from '../store-samples.ts';

export const logCases: readonly StoreCase[] = [
  storeCase('numbers the events of each tenant from 1, in order', async (store) => {
    await store.transact(async (tx) => {
      equal(await tx.log.append('acme', event('a1')), 1);
      equal(await tx.log.append('acme', event('a2')), 2);
      equal(await tx.log.append('zeta', event('z1')), 1);
    });
    equal(await store.transact((tx) => tx.log.append('acme', event('a3'))), 3);

    equal(await eventIds(store, 'acme'), ['a1', 'a2', 'a3']);
    equal(await eventIds(store, 'zeta'), ['z1']);
    equal(await eventIds(store, 'none'), []);
  }),

  storeCase('leaves no hole and no duplicate under works at once, some of which fail', async (store) => {
    const works = Array.from({ length: 90 }, (_, at) =>
      store.transact(async (tx) => {
        const first = await tx.log.append('acme', event(`${at}-first`));
        const second = await tx.log.append('acme', event(`${at}-second`));
        if (at % 4 === 2) throw new RangeError('no');
        return [first, second];
      }),
    );
    const settled = await Promise.allSettled(works);

    const events = await store.log.read('acme', 0, 1_000);
    equal(
      events.map(({ position }) => position),
      Array.from({ length: events.length }, (_, at) => at + 1),
    );
    for (const [at, outcome] of settled.entries()) {
      const positions = [`${at}-first`, `${at}-second`].map(
        (id) => events.find(({ eventId }) => eventId === id)?.position,
      );
      equal(positions, outcome.status === 'fulfilled' ? outcome.value : [undefined, undefined]);
      if (outcome.status === 'fulfilled') equal(outcome.value[1], (outcome.value[0] ?? 0) + 1);
    }
  }),

  storeCase('reads the events after a position, in order, at most as many as asked', async (store) => {
    await appendAll(store, 'acme', ['e1', 'e2', 'e3', 'e4', 'e5']);
    const read = async (after: number, limit: number) =>
      (await store.log.read('acme', after, limit)).map(({ eventId }) => eventId);

    equal(await read(0, 2), ['e1', 'e2']);
    equal(await read(2, 2), ['e3', 'e4']);
    equal(await read(4, 9), ['e5']);
    equal(await read(5, 9), []);
    equal(await read(99, 9), []);
  }),

  storeCase('keeps every field of an event, and adds none that was absent', async (store) => {
    const kinds = ['agent', 'conversation', 'turn', 'node', 'client'] as const;
    const events: NewEvent[] = [
      event('plain'),
      event('global', { scope: { kind: 'global' } }),
      ...kinds.map((kind) => event(kind, { scope: { kind, id: `the-${kind}` }, device: 'dev_1' })),
      event('text', { occurredAt: 0, payload: '{"text":"é\\u0000 \u{1f600}","big":1e300}' }),
      ...TROUBLESOME_TEXTS.map((text, at) =>
        event(`trouble-${at}`, { device: text, scope: { kind: 'turn', id: text } }),
      ),
    ];
    await store.transact(async (tx) => {
      for (const each of events) await tx.log.append('acme', each);
    });

    equal(
      await store.log.read('acme', 0, 99),
      events.map((each, at) => ({ ...each, position: at + 1 })),
    );
  }),

  storeCase('makes a log with the epoch it is given, once', async (store) => {
    const empty = { epoch: 'epoch-1', head: 0, floor: 0, headEventId: '', floorEventId: '' };
    equal(await state(store, 'acme', 'epoch-1'), empty);
    equal(await state(store, 'acme', 'epoch-2'), empty);
    equal((await state(store, 'zeta', 'epoch-3')).epoch, 'epoch-3');

    await appendAll(store, 'acme', ['e1', 'e2']);
    equal(await state(store, 'acme', 'epoch-4'), { ...empty, head: 2, headEventId: 'e2' });
  }),

  storeCase('gives a log that began with an event its epoch when it is first asked for', async (store) => {
    await appendAll(store, 'acme', ['e1']);

    equal((await state(store, 'acme', 'epoch-1')).epoch, 'epoch-1');
    equal((await state(store, 'acme', 'epoch-2')).epoch, 'epoch-1');
  }),

  storeCase(
    'shows a transaction the log with its own appends, and forgets both when it is rolled back',
    async (store) => {
      const failing = store.transact(async (tx) => {
        await tx.log.append('acme', event('e1'));
        const { head, headEventId, epoch } = await tx.log.state('acme', () => 'epoch-lost');
        equal([head, headEventId, epoch], [1, 'e1', 'epoch-lost']);
        throw new RangeError('no');
      });
      await rejects(failing, 'RangeError');

      equal(await store.transact((tx) => tx.log.tenants()), []);
      equal(await state(store, 'acme', 'epoch-1'), {
        epoch: 'epoch-1',
        head: 0,
        floor: 0,
        headEventId: '',
        floorEventId: '',
      });
    },
  ),

  storeCase('renews the identity of a log and lets its positions go on', async (store) => {
    await state(store, 'acme', 'epoch-1');
    await appendAll(store, 'acme', ['e1', 'e2']);
    await store.transact((tx) => tx.log.renew('acme', 'epoch-2'));
    await appendAll(store, 'acme', ['e3']);

    const renewed = { epoch: 'epoch-2', head: 3, floor: 0, headEventId: 'e3', floorEventId: '' };
    equal(await state(store, 'acme', 'epoch-3'), renewed);
    equal(await eventIds(store, 'acme'), ['e1', 'e2', 'e3']);
  }),

  storeCase('trims the oldest events up to a position, no more than the limit at once', async (store) => {
    await state(store, 'acme', 'epoch-1');
    await appendAll(store, 'acme', ['e1', 'e2', 'e3', 'e4', 'e5']);
    await appendAll(store, 'zeta', ['z1']);
    const trim = (upTo: number, limit: number) => store.transact((tx) => tx.log.trim('acme', { upTo, limit }));

    equal(await trim(0, 9), 0);
    equal(await trim(4, 3), 3);
    equal(await eventIds(store, 'acme'), ['e4', 'e5']);
    const { floor, floorEventId, head, headEventId } = await state(store, 'acme', 'unused');
    equal([floor, floorEventId, head, headEventId], [3, 'e3', 5, 'e5']);

    equal(await trim(4, 3), 4);
    equal(await trim(4, 3), 4);
    equal(await trim(2, 3), 4);
    equal(await trim(99, 9), 5);
    equal(await state(store, 'acme', 'unused'), {
      epoch: 'epoch-1',
      head: 5,
      floor: 5,
      headEventId: 'e5',
      floorEventId: 'e5',
    });
    equal(await eventIds(store, 'zeta'), ['z1']);
  }),

  storeCase('goes on with the next position after everything was trimmed', async (store) => {
    await appendAll(store, 'acme', ['e1', 'e2']);
    await store.transact((tx) => tx.log.trim('acme', { upTo: 2, limit: 9 }));
    await appendAll(store, 'acme', ['e3']);

    equal(await store.log.read('acme', 0, 9), [{ ...event('e3'), position: 3 }]);
  }),

  storeCase('trims only events that occurred before a moment, and stops at the first that did not', async (store) => {
    await store.transact(async (tx) => {
      for (const [at, occurredAt] of [10, 20, 40, 30, 50].entries()) {
        await tx.log.append('acme', event(`e${at + 1}`, { occurredAt }));
      }
    });
    const trim = (occurredBefore: number) =>
      store.transact((tx) => tx.log.trim('acme', { upTo: 5, occurredBefore, limit: 9 }));

    equal(await trim(10), 0);
    equal(await trim(35), 2);
    equal(await eventIds(store, 'acme'), ['e3', 'e4', 'e5']);
    equal((await state(store, 'acme', 'epoch')).floorEventId, 'e2');
    equal(await trim(41), 4);
  }),

  storeCase('undoes a trim that is rolled back', async (store) => {
    await appendAll(store, 'acme', ['e1', 'e2']);
    const failing = store.transact(async (tx) => {
      equal(await tx.log.trim('acme', { upTo: 2, limit: 9 }), 2);
      throw new RangeError('no');
    });
    await rejects(failing, 'RangeError');

    equal(await eventIds(store, 'acme'), ['e1', 'e2']);
    equal((await state(store, 'acme', 'epoch')).floor, 0);
  }),

  storeCase('trims nothing of a log that does not exist, and makes none', async (store) => {
    equal(await store.transact((tx) => tx.log.trim('none', { upTo: 9, limit: 9 })), 0);
    equal(await store.transact((tx) => tx.log.tenants()), []);
  }),

  storeCase('names every tenant that has a log', async (store) => {
    equal(await store.transact((tx) => tx.log.tenants()), []);
    await appendAll(store, 'appended', ['e1']);
    await state(store, 'asked', 'epoch');
    await store.transact((tx) => tx.log.renew('renewed', 'epoch'));
    await appendAll(store, 'odd \ud800\u0000', ['e1']);

    const tenants = await store.transact((tx) => tx.log.tenants());

    equal([...tenants].sort(), ['appended', 'asked', 'odd \ud800\u0000', 'renewed']);
  }),
];

function state(store: Store, tenant: string, epoch: string) {
  return store.transact((tx) => tx.log.state(tenant, () => epoch));
}
