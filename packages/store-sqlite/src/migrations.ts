import type { SqlDatabase } from './driver.ts';
import { StoreVersionError } from './errors.ts';

/** Marks the file as one of ours: "Tyrm" in ASCII. */
const APPLICATION_ID = 0x5479726d;

/**
 * The steps from an empty file to the current schema; the number of steps taken is the file's `user_version`. A step that
 * was released is never changed.
 *
 * Rows that carry text of any length are kept by a number: it keeps the inner pages of their index small, and new rows lie
 * beside each other. Texts that callers name things with are stored as `encodeText` writes them.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE documents (
    tenant TEXT NOT NULL,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    -- The keys under which the document is listed, by index, as JSON: what has to go when it changes.
    keys TEXT NOT NULL,
    PRIMARY KEY (tenant, collection, id)
  ) STRICT;

  CREATE TABLE document_keys (
    tenant TEXT NOT NULL,
    collection TEXT NOT NULL,
    "index" TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (tenant, collection, "index", key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ledger (
    tenant TEXT NOT NULL,
    device TEXT NOT NULL,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    payload_hash TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    response TEXT,
    claimed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, device, type, key)
  ) STRICT;
  CREATE INDEX ledger_by_age ON ledger (claimed_at);
  CREATE INDEX ledger_executing ON ledger (owner) WHERE state = 'executing';

  CREATE TABLE logs (
    tenant TEXT NOT NULL PRIMARY KEY,
    epoch TEXT NOT NULL,
    -- The head is the newest event, or the floor where none is left.
    floor INTEGER NOT NULL,
    floor_event_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    tenant TEXT NOT NULL,
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    scope_kind TEXT,
    scope_id TEXT,
    device TEXT,
    payload TEXT NOT NULL,
    PRIMARY KEY (tenant, position)
  ) STRICT;

  CREATE TABLE cursors (
    tenant TEXT NOT NULL,
    device TEXT NOT NULL,
    position INTEGER NOT NULL,
    cursor TEXT NOT NULL,
    PRIMARY KEY (tenant, device)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Texts that many rows share are written once, and stand in those rows as a number.
  CREATE TABLE collections (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (tenant, name)
  ) STRICT;
  INSERT INTO collections (tenant, name) SELECT DISTINCT tenant, collection FROM documents;

  CREATE TABLE callers (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    device TEXT NOT NULL,
    type TEXT NOT NULL,
    UNIQUE (tenant, device, type)
  ) STRICT;
  INSERT INTO callers (tenant, device, type) SELECT DISTINCT tenant, device, type FROM ledger;

  ALTER TABLE documents RENAME TO documents_1;
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    -- The keys under which the document is listed, by index, as JSON: what has to go when it changes.
    keys TEXT NOT NULL,
    UNIQUE (collection, id)
  ) STRICT;
  INSERT INTO documents
    SELECT d.rowid, c.number, d.id, d.version, d.value, d.keys
    FROM documents_1 d JOIN collections c ON c.tenant = d.tenant AND c.name = d.collection ORDER BY d.rowid;

  ALTER TABLE document_keys RENAME TO document_keys_1;
  CREATE TABLE document_keys (
    collection INTEGER NOT NULL,
    "index" TEXT NOT NULL,
    key TEXT NOT NULL,
    document INTEGER NOT NULL,
    PRIMARY KEY (collection, "index", key)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO document_keys
    SELECT c.number, k."index", k.key, d.rowid
    FROM document_keys_1 k
    CROSS JOIN documents_1 d ON d.tenant = k.tenant AND d.collection = k.collection AND d.id = k.id
    JOIN collections c ON c.tenant = k.tenant AND c.name = k.collection ORDER BY 1, 2, 3;
  DROP TABLE document_keys_1;
  DROP TABLE documents_1;

  ALTER TABLE ledger RENAME TO ledger_1;
  DROP INDEX ledger_by_age;
  DROP INDEX ledger_executing;
  CREATE TABLE ledger (
    number INTEGER PRIMARY KEY,
    caller INTEGER NOT NULL,
    key TEXT NOT NULL,
    payload_hash TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    response TEXT,
    claimed_at INTEGER NOT NULL,
    UNIQUE (caller, key)
  ) STRICT;
  INSERT INTO ledger
    SELECT l.rowid, c.number, l.key, l.payload_hash, l.owner, l.state, l.response, l.claimed_at
    FROM ledger_1 l JOIN callers c ON c.tenant = l.tenant AND c.device = l.device AND c.type = l.type ORDER BY l.rowid;
  DROP TABLE ledger_1;
  CREATE INDEX ledger_by_age ON ledger (claimed_at);
  CREATE INDEX ledger_executing ON ledger (owner) WHERE state = 'executing';

  ALTER TABLE logs RENAME TO logs_1;
  CREATE TABLE logs (
    number INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    -- The head is the newest event, or the floor where none is left.
    floor INTEGER NOT NULL,
    floor_event_id TEXT NOT NULL
  ) STRICT;
  INSERT INTO logs (tenant, epoch, floor, floor_event_id) SELECT tenant, epoch, floor, floor_event_id FROM logs_1;
  DROP TABLE logs_1;

  ALTER TABLE events RENAME TO events_1;
  CREATE TABLE events (
    -- The number of the log times 2^36, and the position.
    place INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    scope_kind TEXT,
    scope_id TEXT,
    device TEXT,
    payload TEXT NOT NULL
  ) STRICT;
  INSERT INTO events
    SELECT (l.number << 36) + e.position, e.event_id, e.type, e.occurred_at, e.scope_kind, e.scope_id, e.device, e.payload
    FROM logs l CROSS JOIN events_1 e ON e.tenant = l.tenant ORDER BY l.number, e.position;
  DROP TABLE events_1;
  `,
];

/**
 * Brings a file to the current schema, in one transaction.
 *
 * @throws {StoreVersionError} when the file is another program's, or newer than this code.
 */
export function migrate(database: SqlDatabase, path: string, migrations: readonly string[] = MIGRATIONS): void {
  const applicationId = pragma(database, 'application_id');
  if (applicationId !== 0 && applicationId !== APPLICATION_ID) {
    throw new StoreVersionError(`${path} is the database of another program; choose another file`);
  }
  const version = pragma(database, 'user_version');
  if (version > migrations.length) {
    throw new StoreVersionError(
      `${path} has schema version ${version}, and this @tyrum/store-sqlite knows versions up to ${migrations.length}: ` +
        'install the newer release that wrote it, or restore a backup from before the upgrade',
    );
  }
  if (version === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function pragma(database: SqlDatabase, name: 'application_id' | 'user_version'): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Readonly<Record<string, number>> | undefined;
  return row?.[name] ?? 0;
}
