import type { AppendFeed, CommitEngine, Transaction } from '@tyrum/gateway-core';
import type { SqlDatabase } from './driver.ts';
import { outageOf } from './errors.ts';
import type { Session } from './session.ts';

export interface CommitEngineOptions {
  readonly database: SqlDatabase;
  readonly session: Session;
  readonly feed: AppendFeed;
  readonly handle: Transaction;
  readonly close: () => void;
}

/** Drives one connection through the batches of the group commit. */
export function createCommitEngine(options: CommitEngineOptions): CommitEngine<Transaction> {
  const { database, session, feed, handle, close } = options;
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const savepoint = database.prepare('SAVEPOINT tyrum_work');
  const release = database.prepare('RELEASE tyrum_work');
  const rollbackToSavepoint = database.prepare('ROLLBACK TO tyrum_work');
  let mark = 0;

  return {
    handle,
    begin() {
      session.outage = undefined;
      // Deferred, so that works which only read go on while the disk is full or read-only.
      begin.run();
    },
    savepoint() {
      mark = feed.mark();
      savepoint.run();
      session.working = true;
    },
    release() {
      session.working = false;
      release.run();
    },
    rollback() {
      session.working = false;
      rollbackToSavepoint.run();
      release.run();
      feed.rewind(mark);
    },
    commit() {
      commit.run();
      feed.publish();
    },
    abort() {
      session.working = false;
      feed.rewind(0);
      // Throws where SQLite has rolled back by itself, as it may when the disk is full: the outcome is the same.
      rollback.run();
    },
    outage: (thrown) => session.outage ?? outageOf(thrown),
    close,
  };
}
