import {
  type Collection,
  type DocumentPage,
  type DocumentQuery,
  type Documents,
  decodeText,
  documentText,
  encodeText,
  entryKeys,
  entryRange,
  nextVersion,
  type Stored,
} from '@tyrum/gateway-core';
import type { Numbers } from './numbers.ts';
import type { Session } from './session.ts';

type Keys = Readonly<Record<string, string>>;

interface DocumentRow {
  readonly number: number;
  readonly version: number;
  readonly keys: string;
}

const NO_KEYS: Keys = {};

/** @param collections the numbers of tenant and name */
export function createDocuments(session: Session, collections: Numbers): Documents {
  const read = session.prepare<{ version: number; value: string }>(
    'SELECT version, value FROM documents WHERE collection = ? AND id = ?',
  );
  const find = session.prepare<DocumentRow>(
    'SELECT number, version, keys FROM documents WHERE collection = ? AND id = ?',
  );
  const insert = session.prepare(
    'INSERT INTO documents (collection, id, version, value, keys) VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = session.prepare('UPDATE documents SET version = ?, value = ?, keys = ? WHERE number = ?');
  const remove = session.prepare('DELETE FROM documents WHERE number = ?');
  const insertKey = session.prepare(
    'INSERT INTO document_keys (collection, "index", key, document) VALUES (?, ?, ?, ?)',
  );
  const removeKey = session.prepare('DELETE FROM document_keys WHERE collection = ? AND "index" = ? AND key = ?');
  const list = { ascending: prepareList(session, 'ASC'), descending: prepareList(session, 'DESC') };
  /** The collections in which the last document written was a new one: likely the next is, too, and need not be looked for. */
  const growing = new Set<number>();

  function moveKeys(collection: number, document: number, before: Keys, after: Keys): void {
    for (const [index, key] of Object.entries(before)) {
      if (after[index] !== key) removeKey.run(collection, index, key);
    }
    for (const [index, key] of Object.entries(after)) {
      if (before[index] !== key) insertKey.run(collection, index, key, document);
    }
  }

  /** Adds a document unless it is there; returns whether it was not. */
  function add(collection: number, id: string, text: string, keysText: string, keys: Keys): boolean {
    const document = insert.insert(collection, id, text, keysText);
    if (document === 0) return false;
    moveKeys(collection, document, NO_KEYS, keys);
    return true;
  }

  return {
    get<Value>(tenant: string, { name }: Collection<Value>, id: string): Stored<Value> | undefined {
      const collection = collections.find(tenant, name);
      const row = collection && read.get(collection, encodeText(id));
      return row ? { id, version: row.version, value: parsed<Value>(row.value) } : undefined;
    },

    put(tenant, collection, id, value, expected) {
      const number = collections.take(tenant, collection.name);
      const idText = encodeText(id);
      const text = documentText(value);
      const keys = entryKeys(collection, id, value);
      const keysText = JSON.stringify(keys);
      if (growing.has(number) && !expected && add(number, idText, text, keysText, keys)) return 1;

      const current = find.get(number, idText);
      const version = nextVersion(collection.name, id, current?.version ?? 0, expected);
      if (current === undefined) {
        add(number, idText, text, keysText, keys);
        growing.add(number);
      } else {
        update.run(version, text, keysText, current.number);
        if (current.keys !== keysText) moveKeys(number, current.number, parsed<Keys>(current.keys), keys);
        growing.delete(number);
      }
      return version;
    },

    delete(tenant, collection, id) {
      const number = collections.find(tenant, collection.name);
      const current = number && find.get(number, encodeText(id));
      if (!current) return false;
      moveKeys(number, current.number, parsed<Keys>(current.keys), NO_KEYS);
      remove.run(current.number);
      return true;
    },

    list<Value>(tenant: string, collection: Collection<Value>, query: DocumentQuery): DocumentPage<Value> {
      const { above, below } = entryRange(collection, query);
      const number = collections.find(tenant, collection.name);
      if (number === undefined) return { items: [] };
      const statement = list[query.order ?? 'ascending'];
      // One row more than asked says whether a next page exists.
      const rows = statement.all(number, query.index, above, below, query.limit + 1);
      const items = rows.slice(0, query.limit).map(({ id, version, value }) => {
        return { id: decodeText(id), version, value: parsed<Value>(value) };
      });
      const last = rows[query.limit - 1];
      return rows.length > query.limit && last !== undefined ? { items, next: last.key } : { items };
    },
  };
}

function prepareList(session: Session, order: 'ASC' | 'DESC') {
  // CROSS JOIN keeps SQLite from starting at the documents: the page is a walk along the keys.
  return session.prepare<{ key: string; id: string; version: number; value: string }>(`
    SELECT k.key, d.id, d.version, d.value FROM document_keys k CROSS JOIN documents d ON d.number = k.document
    WHERE k.collection = ? AND k."index" = ? AND k.key > ? AND k.key < ?
    ORDER BY k.key ${order} LIMIT ?`);
}

function parsed<Value>(text: string): Value {
  // The store wrote this text itself, from a value of this type.
  return JSON.parse(text) as Value;
}
