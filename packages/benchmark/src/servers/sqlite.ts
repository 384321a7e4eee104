import { join } from 'node:path';

/** The part of a database that both drivers have. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): {
    run(...values: (string | number)[]): unknown;
    all(...values: (string | number)[]): unknown[];
  };
}

/** A database that is as safe as the store of the gateway: write-ahead log, every commit flushed. The same driver, too. */
export async function openDatabase(directory: string): Promise<Database> {
  const path = join(directory, 'anchor.sqlite');
  const builtIn = process.getBuiltinModule('node:sqlite') as
    | { DatabaseSync: new (path: string) => Database }
    | undefined;
  const database: Database =
    builtIn === undefined ? new (await import('better-sqlite3')).default(path) : new builtIn.DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;');
  return database;
}
