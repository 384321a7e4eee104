import type { SqlDatabase } from './driver.ts';
import { StoreVersionError } from './errors.ts';

/** Marks the file as one of ours: "Tyrm" in ASCII. */
const APPLICATION_ID = 0x5479726d;

/**
 * The steps from an empty file to the current schema; the number of steps taken is the file's `user_version`. A step that
 * was released is never changed.
 *
 * Rows that carry text of any length have a rowid: it keeps the inner pages of their index small. Texts that callers name
 * things with are stored as `encodeText` writes them.
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
