import { RunAgain, type StoreUnavailableError } from '@tyrum/gateway-core';
import type { SqlDatabase, SqlValue } from './driver.ts';
import { outageOf } from './errors.ts';

/** A prepared statement of a session; `Row` is what its SQL selects. */
export interface Statement<Row = never> {
  /** Writes. Returns the number of rows that changed. */
  run(...values: SqlValue[]): number;
  /** Adds a row. Returns its number, or 0 where it was there and the statement says that this is no error. */
  insert(...values: SqlValue[]): number;
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/**
 * The statements that works use, and the transaction around them, which begins with the first statement: works that touch no
 * table cost SQLite nothing.
 *
 * A savepoint costs as much as another write, and only a work that fails has any use for it. So works have one only where the
 * batch says so, from their first write on. What a work wrote without one is undone together with the works before it.
 */
export interface Session {
  prepare<Row = never>(sql: string): Statement<Row>;
  /** A batch begins; without savepoints it goes on with them after the first work that was undone. */
  begin(savepoints: boolean): void;
  /** A work begins: until it ends, statements run. None runs outside of one: it would commit alone. */
  enter(): void;
  /** The work has ended, and what it wrote is kept. */
  release(): void;
  /**
   * The work has ended, and what it wrote is undone, if there is anything; returns whether there was.
   *
   * @throws {RunAgain} where that would undo what works before it wrote, too
   */
  rollback(): boolean;
  /** Makes what the works since the last commit wrote durable; returns whether they wrote anything. */
  commit(): boolean;
  /** Undoes everything since the last commit. Throws where SQLite has done so by itself, as it may when the disk is full. */
  abort(): void;
  /**
   * The raw database. Who holds it may write past the session at any time: from then on every work has a savepoint, from its
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
  let savepoints = true;
  let shared = false;
  let begun = false;
  /** Works of this batch wrote, and ended well. */
  let kept = false;
  let working = false;
  /** The work that runs has written, and has a savepoint from before that. */
  let wrote = false;
  let saved = false;

  function beforeReading(): void {
    if (!working) throw new Error('the transaction has ended');
    if (begun) return;
    // Deferred, so that works which only read go on while the disk is full or read-only.
    begin.run();
    begun = true;
  }

  function beforeWriting(): void {
    beforeReading();
    if (wrote) return;
    if (savepoints || shared) {
      savepoint.run();
      saved = true;
    }
    wrote = true;
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
        insert(...values) {
          try {
            beforeWriting();
            const { changes, lastInsertRowid } = statement.run(...values);
            return Number(changes) === 0 ? 0 : Number(lastInsertRowid);
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
    begin(withSavepoints) {
      savepoints = withSavepoints;
      kept = false;
      session.outage = undefined;
    },
    enter() {
      working = true;
      wrote = false;
      saved = false;
      if (shared) beforeWriting();
    },
    release() {
      working = false;
      kept ||= wrote;
      if (saved) release.run();
    },
    rollback() {
      working = false;
      if (saved) {
        rollbackToSavepoint.run();
        release.run();
      } else if (wrote) {
        if (kept) throw new RunAgain();
        begun = false;
        abort.run();
        savepoints = true;
      }
      return wrote;
    },
    commit() {
      if (begun) commit.run();
      begun = false;
      return kept;
    },
    abort() {
      working = false;
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
