import type { Collection, DocumentPage, DocumentQuery, Documents, Stored } from '../ports/store.ts';
import { encodeParts, entryKeys, entryRange } from './document-index.ts';
import { documentText, nextVersion } from './document-write.ts';
import type { DocumentRow, Draft, Tables } from './memory-tables.ts';
import { between, find, insert, remove } from './sorted-map.ts';

/** The documents of a memory store, as the running work sees them. */
export function createMemoryDocuments(draft: Draft): Documents {
  return {
    get<Value>(tenant: string, collection: Collection<Value>, id: string): Stored<Value> | undefined {
      const row = find(draft.tables.documents, encodeParts([tenant, collection.name, id]));
      return row && stored(id, row);
    },

    put(tenant, collection, id, value, expected) {
      const { tables } = draft;
      const at = encodeParts([tenant, collection.name, id]);
      const current = find(tables.documents, at);
      const version = nextVersion(collection.name, id, current?.version ?? 0, expected);
      const row = { version, text: documentText(value), keys: entryKeys(collection, id, value) };

      let entries = withoutKeys(tables, tenant, collection.name, current);
      for (const [index, key] of Object.entries(row.keys)) {
        entries = insert(entries, encodeParts([tenant, collection.name, index]) + key, id);
      }
      draft.tables = { ...tables, documents: insert(tables.documents, at, row), entries };
      return version;
    },

    delete(tenant, collection, id) {
      const { tables } = draft;
      const at = encodeParts([tenant, collection.name, id]);
      const current = find(tables.documents, at);
      if (current === undefined) return false;
      const entries = withoutKeys(tables, tenant, collection.name, current);
      draft.tables = { ...tables, documents: remove(tables.documents, at), entries };
      return true;
    },

    list<Value>(tenant: string, collection: Collection<Value>, query: DocumentQuery): DocumentPage<Value> {
      const { documents, entries } = draft.tables;
      const range = entryRange(collection, query);
      const scope = encodeParts([tenant, collection.name, query.index]);
      const items: Stored<Value>[] = [];
      let last = '';
      for (const [key, id] of between(entries, scope + range.above, scope + range.below, query.order)) {
        if (items.length === query.limit) return { items, next: last };
        const row = find(documents, encodeParts([tenant, collection.name, id]));
        if (row !== undefined) items.push(stored(id, row));
        last = key.slice(scope.length);
      }
      return { items };
    },
  };
}

function stored<Value>(id: string, row: DocumentRow): Stored<Value> {
  // What was put under a collection is what its type says.
  return { id, version: row.version, value: JSON.parse(row.text) as Value };
}

function withoutKeys(
  { entries }: Tables,
  tenant: string,
  collection: string,
  row: DocumentRow | undefined,
): Tables['entries'] {
  let rest = entries;
  for (const [index, key] of Object.entries(row?.keys ?? {})) {
    rest = remove(rest, encodeParts([tenant, collection, index]) + key);
  }
  return rest;
}
