import type { Collection, DocumentQuery, Store } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import { equal, rejects } from '../assertions.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { drafts, listed, type Note, notes, TROUBLESOME_TEXTS } from '../store-samples.ts';

export const documentCases: readonly StoreCase[] = [
  storeCase('numbers the versions of a document from 1, and again after it was deleted', async (store) => {
    await store.transact(async (tx) => {
      equal(await tx.documents.get('acme', notes, 'a'), undefined);
      equal(await tx.documents.put('acme', notes, 'a', { path: ['x'] }), 1);
      equal(await tx.documents.put('acme', notes, 'a', { path: ['x'] }), 2);
    });
    await store.transact(async (tx) => {
      equal(await tx.documents.put('acme', notes, 'a', { path: ['y'] }), 3);
      equal(await tx.documents.get('acme', notes, 'a'), { id: 'a', version: 3, value: { path: ['y'] } });
      await tx.documents.delete('acme', notes, 'a');
      equal(await tx.documents.put('acme', notes, 'a', { path: ['z'] }), 1);
    });
  }),

  storeCase('writes only over the version that is expected', async (store) => {
    const put = (value: string, expected: number) =>
      store.transact((tx) => tx.documents.put('acme', notes, 'a', { path: [value] }, expected));

    await rejects(put('absent', 1), 'VersionConflictError', 'version 1 of what is not there');
    equal(await put('first', 0), 1);
    await rejects(put('again', 0), 'VersionConflictError', 'version 0 of what is there');
    equal(await put('second', 1), 2);
    await rejects(put('stale', 1), 'VersionConflictError', 'version 1 of 2');
    await rejects(put('early', 3), 'VersionConflictError', 'version 3 of 2');

    const kept = await store.transact((tx) => tx.documents.get('acme', notes, 'a'));
    equal(kept, { id: 'a', version: 2, value: { path: ['second'] } });
  }),

  storeCase('leaves the work that met a conflict able to go on', async (store) => {
    await store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', { path: ['a'] });
      try {
        await tx.documents.put('acme', notes, 'a', { path: ['other'] }, 7);
      } catch {
        await tx.documents.put('acme', notes, 'b', { path: ['b'] });
      }
    });

    equal(await list(store, { index: 'path', limit: 10 }), ['a', 'b']);
  }),

  storeCase('says whether a deleted document was there', async (store) => {
    await store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', { path: ['a'] });
      equal(await tx.documents.delete('acme', notes, 'b'), false);
      equal(await tx.documents.delete('acme', notes, 'a'), true);
      equal(await tx.documents.delete('acme', notes, 'a'), false);
      equal(await listed(tx, 'acme', notes), []);
    });
  }),

  storeCase('keeps any JSON value as it was when it was put', async (store) => {
    const anything: Collection<unknown> = { name: 'anything', indexes: {} };
    const values = [null, false, 0, -0.5, 1e300, '', 'é\u0000\u{1f600}\ud800', [], {}, { a: [{ b: null }] }];
    await store.transact(async (tx) => {
      for (const [at, value] of values.entries()) await tx.documents.put('acme', anything, String(at), value);
    });

    await store.transact(async (tx) => {
      for (const [at, value] of values.entries()) {
        equal((await tx.documents.get('acme', anything, String(at)))?.value, value);
      }
    });
  }),

  storeCase('shares no value with its callers', async (store) => {
    const value = { path: ['a'] };
    await store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', value);
      value.path[0] = 'changed by the writer';
      const read = await tx.documents.get('acme', notes, 'a');
      (read?.value.path as string[])[0] = 'changed by a reader';
    });

    const kept = await store.transact((tx) => tx.documents.get('acme', notes, 'a'));

    equal(kept?.value, { path: ['a'] });
  }),

  storeCase('separates tenants and collections', async (store) => {
    await store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', { path: ['acme'] });
      await tx.documents.put('zeta', notes, 'a', { path: ['zeta'] });
      await tx.documents.put('acme', drafts, 'a', { path: ['draft'] });
      await tx.documents.put('zeta', notes, 'b', { path: ['zeta'] });
    });

    await store.transact(async (tx) => {
      equal((await tx.documents.get('zeta', notes, 'a'))?.value, { path: ['zeta'] });
      equal((await tx.documents.get('acme', drafts, 'a'))?.value, { path: ['draft'] });
      equal(await tx.documents.get('zeta', drafts, 'a'), undefined);
      equal(await listed(tx, 'zeta', notes), ['a', 'b']);
      equal(await tx.documents.delete('acme', notes, 'a'), true);
      equal(await listed(tx, 'acme', notes), []);
      equal(await listed(tx, 'acme', drafts), ['a']);
    });
  }),

  storeCase('keeps any text as the name of a tenant, a document and a part of a key', async (store) => {
    await store.transact(async (tx) => {
      for (const text of TROUBLESOME_TEXTS) {
        await tx.documents.put(text, notes, 'a', { path: [text] });
        await tx.documents.put('acme', notes, text, { path: [text, 'x'] });
      }
    });

    await store.transact(async (tx) => {
      for (const text of TROUBLESOME_TEXTS) {
        equal(await tx.documents.get(text, notes, 'a'), { id: 'a', version: 1, value: { path: [text] } });
        equal(await tx.documents.get('acme', notes, text), { id: text, version: 1, value: { path: [text, 'x'] } });
        const { items } = await tx.documents.list('acme', notes, { index: 'path', prefix: [text], limit: 9 });
        equal(
          items.map(({ id }) => id),
          [text],
        );
      }
      equal(await listed(tx, 'acme', notes), TROUBLESOME_TEXTS);
    });
  }),

  storeCase('lists by the parts of a key, each compared by code unit, a shorter tuple first', async (store) => {
    const ordered = [
      [],
      [''],
      ['', ''],
      ['', 'a'],
      ['a'],
      ['a', ''],
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a\u0000'],
      ['ab'],
      ['b'],
    ];
    await putAll(store, ordered.toReversed());

    equal(await list(store, { index: 'path', limit: 99 }), ordered.map(idOf));
    equal(await list(store, { index: 'path', limit: 99, order: 'descending' }), ordered.toReversed().map(idOf));
  }),

  storeCase('orders numbers by their size', async (store) => {
    const ordered = [Number.NEGATIVE_INFINITY, -1e9, -2, -0.5, 0, 1e-9, 9, 10, 1_700_000_000_000, 1e300];
    await store.transact(async (tx) => {
      const numbers: Collection<string> = {
        name: 'numbers',
        indexes: { size: (text) => [sortableNumber(Number(text))] },
      };
      for (const number of ordered.toReversed())
        await tx.documents.put('acme', numbers, String(number), String(number));
      const { items } = await tx.documents.list('acme', numbers, { index: 'size', limit: 99 });
      equal(
        items.map(({ value }) => Number(value)),
        ordered,
      );
    });
  }),

  storeCase('lists a document under its latest keys only, and not at all where it has none', async (store) => {
    await store.transact(async (tx) => {
      await tx.documents.put('acme', notes, 'a', { path: ['m'], rank: 1 });
      await tx.documents.put('acme', notes, 'b', { path: ['n'] });
      equal(await listed(tx, 'acme', notes, 'rank'), ['a']);

      await tx.documents.put('acme', notes, 'a', { path: ['z'], rank: 9 });
      await tx.documents.put('acme', notes, 'b', { path: ['n'], rank: 5 });
      equal(await listed(tx, 'acme', notes, 'path'), ['b', 'a']);
      equal(await listed(tx, 'acme', notes, 'rank'), ['b', 'a']);

      await tx.documents.put('acme', notes, 'a', { path: ['z'] });
      equal(await listed(tx, 'acme', notes, 'rank'), ['b']);
    });
  }),

  storeCase('lists only keys that begin with the whole parts of the prefix', async (store) => {
    await putAll(store, [['a'], ['a', 'x'], ['a', 'xy'], ['ab'], ['b', 'x']]);

    equal(await list(store, { index: 'path', prefix: ['a'], limit: 9 }), ['a', 'a,x', 'a,xy']);
    equal(await list(store, { index: 'path', prefix: ['a', 'x'], limit: 9 }), ['a,x']);
    equal(await list(store, { index: 'path', prefix: [], limit: 9 }), ['a', 'a,x', 'a,xy', 'ab', 'b,x']);
    equal(await list(store, { index: 'path', prefix: ['c'], limit: 9 }), []);
  }),

  storeCase('lists up to and including a bound below the prefix, part by part', async (store) => {
    await putAll(store, [['p'], ['p', '1'], ['p', '2'], ['p', '2', 'x'], ['p', '2\u0000'], ['p', '3'], ['q', '1']]);
    const upTo = ['2'];

    equal(await list(store, { index: 'path', prefix: ['p'], upTo, limit: 9 }), ['p', 'p,1', 'p,2', 'p,2,x']);
    equal(await list(store, { index: 'path', prefix: ['p'], upTo, order: 'descending', limit: 2 }), ['p,2,x', 'p,2']);
    equal(await list(store, { index: 'path', upTo: ['p', '1'], limit: 9 }), ['p', 'p,1']);
  }),

  storeCase('pages through everything once, in either direction and any size, equal keys included', async (store) => {
    await store.transact(async (tx) => {
      for (let at = 0; at < 12; at += 1) await tx.documents.put('acme', notes, `n${at}`, { path: [`${at % 4}`] });
    });
    const all = await list(store, { index: 'path', limit: 99 });

    for (const limit of [1, 2, 5, 11, 12, 13]) {
      const pages = await walk(store, { index: 'path', limit });
      equal(pages.flat(), all, `pages of ${limit}`);
      equal(pages.map(({ length }) => length).slice(0, -1), Array(Math.ceil(12 / limit) - 1).fill(limit));
      const back = await walk(store, { index: 'path', limit, order: 'descending' });
      equal(back.flat(), all.toReversed(), `descending pages of ${limit}`);
    }
  }),

  storeCase('gives a next key exactly when more documents follow within the bounds', async (store) => {
    await putAll(store, [
      ['a', '1'],
      ['a', '2'],
      ['b', '1'],
    ]);
    const hasNext = async (query: DocumentQuery) =>
      'next' in (await store.transact((tx) => tx.documents.list('acme', notes, query)));

    equal(await hasNext({ index: 'path', limit: 2 }), true);
    equal(await hasNext({ index: 'path', limit: 3 }), false);
    equal(await hasNext({ index: 'path', prefix: ['a'], limit: 2 }), false);
    equal(await hasNext({ index: 'path', prefix: ['a'], limit: 1 }), true);
    equal(await hasNext({ index: 'path', upTo: ['a'], limit: 2 }), false);
    equal(await hasNext({ index: 'path', prefix: ['none'], limit: 1 }), false);
  }),

  storeCase('goes on after the place where a page ended, whatever changed meanwhile', async (store) => {
    await putAll(store, [['b'], ['d'], ['f']]);
    const first = await store.transact((tx) => tx.documents.list('acme', notes, { index: 'path', limit: 2 }));

    await store.transact((tx) => tx.documents.delete('acme', notes, 'd'));
    await putAll(store, [['a'], ['e'], ['g']]);
    const rest = await list(store, { index: 'path', limit: 9, ...(first.next !== undefined && { after: first.next }) });

    equal(
      first.items.map(({ id }) => id),
      ['b', 'd'],
    );
    equal(rest, ['e', 'f', 'g']);
  }),

  storeCase('agrees with a plain model after a thousand random changes', async (store) => {
    const random = lehmer(20_240_229);
    const model = new Map<string, Note>();
    for (let round = 0; round < 40; round += 1) {
      await store.transact(async (tx) => {
        for (let step = 0; step < 25; step += 1) {
          const id = `n${random(30)}`;
          if (random(4) === 0) {
            equal(await tx.documents.delete('acme', notes, id), model.delete(id));
            continue;
          }
          const path = Array.from(
            { length: random(3) },
            () => TROUBLESOME_TEXTS[random(TROUBLESOME_TEXTS.length)] ?? '',
          );
          const note: Note = { path, rank: random(5) };
          model.set(id, note);
          await tx.documents.put('acme', notes, id, note);
        }
      });
      const byPath = [...model]
        .sort(([, left], [, right]) => comparePaths(left.path, right.path))
        .map(([, { path }]) => path);
      const { items } = await store.transact((tx) => tx.documents.list('acme', notes, { index: 'path', limit: 99 }));
      equal(
        items.map(({ value }) => value.path),
        byPath,
      );
    }
  }),
];

function putAll(store: Store, paths: readonly (readonly string[])[]): Promise<void> {
  return store.transact(async (tx) => {
    for (const path of paths) await tx.documents.put('acme', notes, idOf(path), { path });
  });
}

function idOf(path: readonly string[]): string {
  return path.length === 0 ? 'empty' : path.join();
}

async function list(store: Store, query: DocumentQuery): Promise<readonly string[]> {
  const { items } = await store.transact((tx) => tx.documents.list('acme', notes, query));
  return items.map(({ id }) => id);
}

/** The ids of every page, each fetched in a transaction of its own. */
async function walk(store: Store, query: DocumentQuery): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const asked = after === undefined ? query : { ...query, after };
    const page = await store.transact((tx) => tx.documents.list('acme', notes, asked));
    pages.push(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined && pages.length < 100);
  return pages;
}

function comparePaths(left: readonly string[], right: readonly string[]): number {
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** Whole numbers below a bound, the same ones in every run (Lehmer's generator). */
function lehmer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
