import { hostname } from 'node:os';
import type { Driver, SqlDatabase } from './driver.ts';
import { outageOf, StoreLockedError } from './errors.ts';

export interface FileLock {
  release(): void;
}

/**
 * Takes a file for this store alone, until `release` or the end of the process, however it ends.
 *
 * The lock is one that SQLite holds on a small database beside the file (`<path>-lock`): the operating system drops it
 * with the process, so nothing is ever left to clean up. It is the lock of a writer, which leaves the holder's name
 * readable for others.
 *
 * @throws {StoreLockedError} naming the holder.
 */
export function lockFile(driver: Driver, path: string): FileLock {
  const database = driver.open(`${path}-lock`);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    takeLock(database, path);
    // Another process may be looking up the holder just now.
    database.exec('PRAGMA busy_timeout = 1000');
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, host TEXT NOT NULL)');
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder (pid, host) VALUES (?, ?)').run(process.pid, hostname());
    database.exec('COMMIT');
    takeLock(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
  return { release: () => void database.close() };
}

function takeLock(database: SqlDatabase, path: string): void {
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (outageOf(error)?.message.includes('BUSY') !== true) throw error;
    throw new StoreLockedError(`${path} is in use by ${holderOf(database)}; stop it first, or choose another file`);
  }
}

function holderOf(database: SqlDatabase): string {
  try {
    database.exec('PRAGMA busy_timeout = 1000');
    const holder = database.prepare('SELECT pid, host FROM holder').get() as { pid: number; host: string } | undefined;
    if (holder !== undefined) return `process ${holder.pid} on ${holder.host}`;
  } catch {
    // The holder is only now writing its name.
  }
  return 'another process';
}
