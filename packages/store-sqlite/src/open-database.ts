import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Driver, SqlDatabase } from './driver.ts';
import { migrate } from './migrations.ts';

/** The one connection that writes: every commit is on the disk before it returns. */
export function openWriter(driver: Driver, path: string): SqlDatabase {
  return opened(driver, path, (database) => {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string };
    if (mode.journal_mode !== 'wal') {
      throw new Error(`${path} cannot be used: its file system does not support write-ahead logging`);
    }
    // FULL and the two `fullfsync` (which only macOS needs) are what `durability: 'disk'` promises.
    database.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      PRAGMA journal_size_limit = 67108864;
    `);
    migrate(database, path);
  });
}

/** A connection that sees what was committed, and nothing of the transaction that runs. */
export function openReader(driver: Driver, path: string): SqlDatabase {
  return opened(driver, path, (database) => void database.exec('PRAGMA query_only = ON'));
}

/** The path without symbolic links, so that one file has one lock. The file itself may not exist yet. */
export function resolvePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realpathSync(dirname(path)), basename(path));
  }
}

function opened(driver: Driver, path: string, prepare: (database: SqlDatabase) => void): SqlDatabase {
  const database = driver.open(path);
  try {
    // Nobody else writes, but a person with the sqlite3 program may: that is worth a moment, which stops everything here.
    database.exec('PRAGMA busy_timeout = 500');
    prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
