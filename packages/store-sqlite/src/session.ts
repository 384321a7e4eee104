import type { StoreUnavailableError } from '@tyrum/gateway-core';
import type { SqlDatabase, SqlValue } from './driver.ts';
import { outageOf } from './errors.ts';

/** A prepared statement of a session; `Row` is what its SQL selects. */
export interface Statement<Row = never> {
  /** Writes. Resolves to the number of rows that changed. */
  run(...values: SqlValue[]): number;
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/**
 * The statements that works use, and the transaction and savepoint around them. Both begin with the first statement that needs
 * them: a work that only reads has no savepoint, and one that touches no table costs SQLite nothing.
 */
export interface Session {
  prepare<Row = never>(sql: string): Statement<Row>;
  /** A work begins: until it ends, statements run. None runs outside of one: it would commit alone. */
  enter(): void;
  /** The work has ended, and what it wrote is kept. */
  release(): void;
  /** The work has ended, and what it wrote is undone. */
  rollback(): void;
  /** Makes what the works since the last commit wrote durable. */
  commit(): void;
  /** Undoes everything since the last commit. Throws where SQLite has done so by itself, as it may when the disk is full. */
  abort(): void;
  /**
   * The raw database. Who holds it may write past the session at any time: from then on every work has its savepoint from its
   * first moment on.
   */
  native(): SqlDatabase;
  /** The outage that a statement met since it was last cleared, whatever its work made of it. */
  outage: StoreUnavailableError | undefined;
}

export function createSession(database: SqlDatabase): Session {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  const abort = database.prepare('ROLLBACK');
  const savepoint = database.prepare('SAVEPOINT tyrum_work');
  const release = database.prepare('RELEASE tyrum_work');
  const rollbackToSavepoint = database.prepare('ROLLBACK TO tyrum_work');
  let working = false;
  let begun = false;
  let saved = false;
  let shared = false;

  function beforeReading(): void {
    if (!working) throw new Error('the transaction has ended');
    if (begun) return;
    // Deferred, so that works which only read go on while the disk is full or read-only.
    begin.run();
    begun = true;
  }

  function beforeWriting(): void {
    beforeReading();
    if (saved) return;
    savepoint.run();
    saved = true;
  }

  /** What a statement threw, as its work sees it. */
  function failure(error: unknown): unknown {
    session.outage ??= outageOf(error);
    return session.outage ?? error;
  }

  const session: Session = {
    outage: undefined,
    prepare<Row>(sql: string): Statement<Row> {
      const statement = database.prepare(sql);
      return {
        run(...values) {
          try {
            beforeWriting();
            return Number(statement.run(...values).changes);
          } catch (error) {
            throw failure(error);
          }
        },
        get(...values) {
          try {
            beforeReading();
            return statement.get(...values) as Row | undefined;
          } catch (error) {
            throw failure(error);
          }
        },
        all(...values) {
          try {
            beforeReading();
            return statement.all(...values) as Row[];
          } catch (error) {
            throw failure(error);
          }
        },
      };
    },
    enter() {
      working = true;
      if (shared) beforeWriting();
    },
    release() {
      working = false;
      if (!saved) return;
      saved = false;
      release.run();
    },
    rollback() {
      working = false;
      if (!saved) return;
      saved = false;
      rollbackToSavepoint.run();
      release.run();
    },
    commit() {
      if (!begun) return;
      commit.run();
      begun = false;
    },
    abort() {
      working = false;
      saved = false;
      if (!begun) return;
      begun = false;
      abort.run();
    },
    native() {
      shared = true;
      if (working) beforeWriting();
      return database;
    },
  };

  return session;
}
