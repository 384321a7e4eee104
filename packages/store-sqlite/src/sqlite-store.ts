import {
  createAppendFeed,
  createGroupCommit,
  type Schedule,
  type Store,
  StoreUnavailableError,
  type Transaction,
} from '@tyrum/gateway-core';
import { createCommitEngine } from './commit-engine.ts';
import { createCursors } from './cursors.ts';
import { createDocuments } from './documents.ts';
import { type Driver, type DriverName, loadDriver, type SqlDatabase } from './driver.ts';
import { outageOf } from './errors.ts';
import { createLedger } from './ledger.ts';
import { type FileLock, lockFile } from './lock.ts';
import { createEventReader, createLogWriter } from './log.ts';
import { createNumbers } from './numbers.ts';
import { openReader, openWriter, resolvePath } from './open-database.ts';
import { createSession } from './session.ts';

export interface SqliteStoreOptions {
  /** The database file; it is made if it does not exist, its directory is not. */
  readonly path: string;
  /** @default the SQLite of the runtime where it has one, else better-sqlite3 */
  readonly driver?: DriverName;
  /** When a batch begins. @default the end of the turn of the event loop */
  readonly schedule?: Schedule;
  /** Works in one commit at most. @default 1024 */
  readonly maxBatch?: number;
  /** Is told what a listener of the log threw. @default it is written to the console */
  readonly onListenerError?: (error: unknown) => void;
}

export interface SqliteStore extends Store {
  readonly driver: DriverName;
}

/**
 * Opens a store in one SQLite file, for one process at a time. What it acknowledges has been flushed to the disk.
 *
 * `native` of a transaction is the driver's own database object, a `DatabaseSync` or a better-sqlite3 `Database`.
 *
 * @throws {StoreLockedError} when another process has the file open.
 * @throws {StoreVersionError} when the file is from a newer release or another program.
 * @throws {StoreUnavailableError} when the disk does not let the file be opened.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const driver = await loadDriver(options.driver);
  const { writer, reader, close } = openFile(driver, resolvePath(options.path));
  const feed = createAppendFeed(options.onListenerError);
  const session = createSession(writer);
  const log = createLogWriter(session, feed);
  const collections = createNumbers(session, 'collections', ['tenant', 'name']);
  const callers = createNumbers(session, 'callers', ['tenant', 'device', 'type']);
  const handle: Transaction = {
    documents: createDocuments(session, collections),
    ledger: createLedger(session, callers),
    log,
    cursors: createCursors(session),
    get native() {
      return session.native();
    },
  };
  const { schedule, maxBatch } = options;
  function onUndone(): void {
    for (const knowing of [log, collections, callers]) knowing.forget();
  }
  const engine = createCommitEngine({ session, feed, handle, onUndone, close });
  const commits = createGroupCommit({ engine, schedule, maxBatch });
  const readEvents = createEventReader(driver, reader);

  return {
    driver: driver.name,
    durability: 'disk',
    transact: commits.transact,
    log: {
      async read(tenant, after, limit) {
        if (commits.closed) throw new StoreUnavailableError('the store is closed');
        try {
          return readEvents(tenant, after, limit);
        } catch (error) {
          throw outageOf(error) ?? error;
        }
      },
      onAppend: feed.onAppend,
    },
    close: commits.close,
  };
}

interface OpenFile {
  readonly writer: SqlDatabase;
  readonly reader: SqlDatabase;
  close(): void;
}

function openFile(driver: Driver, path: string): OpenFile {
  let lock: FileLock | undefined;
  let writer: SqlDatabase | undefined;
  try {
    lock = lockFile(driver, path);
    writer = openWriter(driver, path);
    const reader = openReader(driver, path);
    return { writer, reader, close: () => closeAll(reader, writer, lock) };
  } catch (error) {
    closeAll(undefined, writer, lock);
    throw outageOf(error) ?? error;
  }
}

function closeAll(reader: SqlDatabase | undefined, writer: SqlDatabase | undefined, lock: FileLock | undefined): void {
  try {
    // The writer last: the last connection moves the write-ahead log into the file.
    reader?.close();
    writer?.close();
  } finally {
    lock?.release();
  }
}
