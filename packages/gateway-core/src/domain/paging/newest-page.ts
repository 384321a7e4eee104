import type { Collection, Documents, Stored } from '../../ports/store.ts';
import { jsonBytes, MOST_PAGE_BYTES } from '../json-size.ts';
import { decodePageCursor, encodePageCursor, type Place } from './page-cursor.ts';

/** A list that can be read in pages: which index orders it, and what its cursors look like. */
export interface PagedList<Value> {
  /** Names the list inside its cursors, so that one of another list is refused. */
  readonly name: string;
  readonly collection: Collection<Value>;
  readonly index: string;
  /** Where a value stands: the parts of its index key behind the prefix. They are different for any two values. */
  readonly place: (value: Value) => Place;
  readonly placeLength: number;
}

export interface PageRequest {
  /** Which keys of the index: those below any of these prefixes, merged into one order. */
  readonly prefixes: readonly (readonly string[])[];
  readonly limit: number;
  readonly cursor: string | undefined;
  /** The member of the payload that carries the cursor. @default 'cursor' */
  readonly field?: string;
}

export interface Page<Value> {
  readonly values: readonly Value[];
  /** `null` on the last page. */
  readonly next: string | null;
}

/** How many documents are read at a time: large ones must not be read by the hundred for a page that holds three. */
const CHUNK = 32;

/**
 * One page of a list, greatest place first. It costs what the page holds, however long the list is, and ends early where its
 * values would outgrow a frame.
 *
 * @throws {ProtocolError} `contract_error` for a cursor that makes no sense
 */
export async function newestPage<Value>(
  documents: Documents,
  tenant: string,
  list: PagedList<Value>,
  { prefixes, limit, cursor, field = 'cursor' }: PageRequest,
): Promise<Page<Value>> {
  const before = cursor === undefined ? undefined : decodePageCursor(list.name, list.placeLength, cursor, field);
  const sources = prefixes.map((prefix) => createSource(documents, tenant, list, { prefix, before, limit }));
  const values: Value[] = [];
  let bytes = 0;
  for (;;) {
    const source = await greatest(sources, list.place);
    if (source === undefined) return { values, next: null };
    const value = source.head as Value;
    bytes += jsonBytes(value);
    const last = values.at(-1);
    if (last !== undefined && (values.length === limit || bytes > MOST_PAGE_BYTES)) {
      return { values, next: encodePageCursor(list.name, list.place(last)) };
    }
    values.push(value);
    source.drop();
  }
}

/** The values below one prefix, read in chunks as they are taken. */
interface Source<Value> {
  readonly head: Value | undefined;
  /** Reads on if nothing is at hand. Afterwards an absent head means the end. */
  fill(): Promise<void>;
  drop(): void;
}

function createSource<Value>(
  documents: Documents,
  tenant: string,
  list: PagedList<Value>,
  { prefix, before, limit }: { prefix: readonly string[]; before: Place | undefined; limit: number },
): Source<Value> {
  let buffer: readonly Stored<Value>[] = [];
  let at = 0;
  let after: string | undefined;
  let ended = false;
  return {
    get head() {
      return buffer[at]?.value;
    },
    async fill() {
      while (at >= buffer.length && !ended) {
        const page = await documents.list(tenant, list.collection, {
          index: list.index,
          prefix,
          order: 'descending',
          // One more than the page tells whether another follows, and one more is the item that the cursor names.
          limit: Math.min(limit + 2, CHUNK),
          ...(before === undefined ? {} : { upTo: before }),
          ...(after === undefined ? {} : { after }),
        });
        buffer = page.items.filter((item) => before === undefined || compare(list.place(item.value), before) !== 0);
        at = 0;
        after = page.next;
        ended = page.next === undefined;
      }
    },
    drop() {
      at += 1;
    },
  };
}

async function greatest<Value>(
  sources: readonly Source<Value>[],
  place: (value: Value) => Place,
): Promise<Source<Value> | undefined> {
  let best: Source<Value> | undefined;
  for (const source of sources) {
    await source.fill();
    if (source.head === undefined) continue;
    if (best?.head === undefined || compare(place(source.head), place(best.head)) > 0) best = source;
  }
  return best;
}

function compare(one: Place, other: Place): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const left = one[at] ?? '';
    const right = other[at] ?? '';
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
