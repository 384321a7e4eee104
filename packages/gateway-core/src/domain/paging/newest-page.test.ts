import { describe, expect, it } from 'vitest';
import type { Collection } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { refusal } from '../test-support/domain-world.ts';
import { newestPage, type PagedList } from './newest-page.ts';

interface Thing {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly padding?: string;
}

const place = ({ at, id }: Thing) => [sortableNumber(at), id];
const things: Collection<Thing> = { name: 'things', indexes: { kind: (thing) => [thing.kind, ...place(thing)] } };
const list: PagedList<Thing> = { name: 'things', collection: things, index: 'kind', place, placeLength: 2 };

async function storeOf(...values: readonly Thing[]) {
  const store = createMemoryStore();
  await store.transact(async (tx) => {
    for (const value of values) await tx.documents.put('t', things, value.id, value);
  });
  const page = (kinds: readonly string[], limit: number, cursor?: string) =>
    store.transact((tx) =>
      newestPage(tx.documents, 't', list, { prefixes: kinds.map((kind) => [kind]), limit, cursor }),
    );
  async function all(kinds: readonly string[], limit: number): Promise<readonly string[][]> {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const { values: found, next } = await page(kinds, limit, cursor);
      pages.push(found.map(({ id }) => id));
      cursor = next ?? undefined;
    } while (cursor !== undefined);
    return pages;
  }
  return { store, page, all };
}

const thing = (kind: string, at: number): Thing => ({ id: `${kind}${at}`, kind, at });

describe('a page', () => {
  it('merges several prefixes into one order', async () => {
    const { all } = await storeOf(thing('a', 1), thing('b', 2), thing('a', 3), thing('c', 4), thing('b', 5));

    expect(await all(['a', 'b'], 10)).toEqual([['b5', 'a3', 'b2', 'a1']]);
    expect(await all(['a', 'b', 'c'], 2)).toEqual([['b5', 'c4'], ['a3', 'b2'], ['a1']]);
  });

  it('has a next one exactly when more follow', async () => {
    const { all, page } = await storeOf(thing('a', 1), thing('a', 2));

    expect(await all(['a'], 2)).toEqual([['a2', 'a1']]);
    expect(await page(['nothing'], 2)).toEqual({ values: [], next: null });
  });

  it('tells apart what stands at the same time', async () => {
    const same = ['x', 'y', 'z'].map((id) => ({ id, kind: 'a', at: 7 }));
    const { all } = await storeOf(...same);

    expect(await all(['a'], 1)).toEqual([['z'], ['y'], ['x']]);
  });

  it('goes on behind its cursor when the item there is gone', async () => {
    const { store, page } = await storeOf(thing('a', 1), thing('a', 2), thing('a', 3));
    const { next } = await page(['a'], 2);

    await store.transact((tx) => tx.documents.delete('t', things, 'a2'));

    expect((await page(['a'], 2, next as string)).values.map(({ id }) => id)).toEqual(['a1']);
  });

  it('reads long lists in chunks and loses nothing between them', async () => {
    const { all } = await storeOf(...Array.from({ length: 150 }, (_, at) => thing(at % 3 === 0 ? 'a' : 'b', at)));

    const ids = (await all(['a', 'b'], 70)).flat();

    expect(ids).toEqual(Array.from({ length: 150 }, (_, at) => thing((149 - at) % 3 === 0 ? 'a' : 'b', 149 - at).id));
  });

  it('ends where it would outgrow a frame, and always holds one', async () => {
    const large = (at: number) => ({ ...thing('a', at), padding: 'x'.repeat(500_000) });
    const { all } = await storeOf(
      large(1),
      large(2),
      { ...thing('a', 3), padding: 'x'.repeat(900_000) },
      thing('a', 4),
    );

    expect(await all(['a'], 10)).toEqual([['a4'], ['a3'], ['a2'], ['a1']]);
  });

  it('refuses a cursor of another list, also one of the same length [ER-3]', async () => {
    const { store, page } = await storeOf(thing('a', 1), thing('a', 2));
    const { next } = await page(['a'], 1);

    const other = { ...list, name: 'others' };
    const request = { prefixes: [['a']], limit: 1, cursor: next as string, field: 'before' };
    const error = await refusal(store.transact((tx) => newestPage(tx.documents, 't', other, request)));

    expect(error).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload', 'before'] }] } });
  });
});
