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
import type { Session } from './session.ts';

type Keys = Readonly<Record<string, string>>;

export function createDocuments(session: Session): Documents {
  const read = session.prepare<{ version: number; value: string }>(
    'SELECT version, value FROM documents WHERE tenant = ? AND collection = ? AND id = ?',
  );
  const find = session.prepare<{ rowid: number; version: number; keys: string }>(
    'SELECT rowid, version, keys FROM documents WHERE tenant = ? AND collection = ? AND id = ?',
  );
  const insert = session.prepare(
    'INSERT INTO documents (tenant, collection, id, version, value, keys) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = session.prepare('UPDATE documents SET version = ?, value = ?, keys = ? WHERE rowid = ?');
  const remove = session.prepare('DELETE FROM documents WHERE rowid = ?');
  const insertKey = session.prepare(
    'INSERT INTO document_keys (tenant, collection, "index", key, id) VALUES (?, ?, ?, ?, ?)',
  );
  const removeKey = session.prepare(
    'DELETE FROM document_keys WHERE tenant = ? AND collection = ? AND "index" = ? AND key = ?',
  );
  const list = { ascending: prepareList(session, 'ASC'), descending: prepareList(session, 'DESC') };

  function moveKeys(tenant: string, collection: string, id: string, before: Keys, after: Keys): void {
    for (const [index, key] of Object.entries(before)) {
      if (after[index] !== key) removeKey.run(tenant, collection, index, key);
    }
    for (const [index, key] of Object.entries(after)) {
      if (before[index] !== key) insertKey.run(tenant, collection, index, key, id);
    }
  }

  return {
    get<Value>(tenant: string, collection: Collection<Value>, id: string): Stored<Value> | undefined {
      const row = read.get(encodeText(tenant), collection.name, encodeText(id));
      return row && { id, version: row.version, value: parsed<Value>(row.value) };
    },

    put(tenant, collection, id, value, expected) {
      const tenantText = encodeText(tenant);
      const idText = encodeText(id);
      const current = find.get(tenantText, collection.name, idText);
      const version = nextVersion(collection.name, id, current?.version ?? 0, expected);
      const text = documentText(value);
      const keys = entryKeys(collection, id, value);
      const keysText = JSON.stringify(keys);
      if (current === undefined) {
        insert.run(tenantText, collection.name, idText, version, text, keysText);
        moveKeys(tenantText, collection.name, idText, {}, keys);
      } else {
        update.run(version, text, keysText, current.rowid);
        if (current.keys !== keysText) moveKeys(tenantText, collection.name, idText, parsed<Keys>(current.keys), keys);
      }
      return version;
    },

    delete(tenant, collection, id) {
      const tenantText = encodeText(tenant);
      const idText = encodeText(id);
      const current = find.get(tenantText, collection.name, idText);
      if (current === undefined) return false;
      moveKeys(tenantText, collection.name, idText, parsed<Keys>(current.keys), {});
      remove.run(current.rowid);
      return true;
    },

    list<Value>(tenant: string, collection: Collection<Value>, query: DocumentQuery): DocumentPage<Value> {
      const { above, below } = entryRange(collection, query);
      const statement = list[query.order ?? 'ascending'];
      // One row more than asked says whether a next page exists.
      const rows = statement.all(encodeText(tenant), collection.name, query.index, above, below, query.limit + 1);
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
    SELECT k.key, k.id, d.version, d.value FROM document_keys k
    CROSS JOIN documents d ON d.tenant = k.tenant AND d.collection = k.collection AND d.id = k.id
    WHERE k.tenant = ? AND k.collection = ? AND k."index" = ? AND k.key > ? AND k.key < ?
    ORDER BY k.key ${order} LIMIT ?`);
}

function parsed<Value>(text: string): Value {
  // The store wrote this text itself, from a value of this type.
  return JSON.parse(text) as Value;
}
