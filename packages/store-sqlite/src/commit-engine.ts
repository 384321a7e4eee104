import type { AppendFeed, CommitEngine, Transaction } from '@tyrum/gateway-core';
import { outageOf } from './errors.ts';
import type { Session } from './session.ts';

export interface CommitEngineOptions {
  readonly session: Session;
  readonly feed: AppendFeed;
  readonly handle: Transaction;
  /** Something that a work wrote was undone. */
  readonly onUndone: () => void;
  readonly close: () => void;
}

/** Drives one connection through the batches of the group commit. */
export function createCommitEngine(options: CommitEngineOptions): CommitEngine<Transaction> {
  const { session, feed, handle, onUndone, close } = options;
  let mark = 0;

  return {
    handle,
    begin() {
      session.outage = undefined;
    },
    savepoint() {
      mark = feed.mark();
      session.enter();
    },
    release: session.release,
    rollback() {
      session.rollback();
      feed.rewind(mark);
      onUndone();
    },
    commit() {
      session.commit();
      feed.publish();
    },
    abort() {
      feed.rewind(0);
      onUndone();
      session.abort();
    },
    outage: (thrown) => session.outage ?? outageOf(thrown),
    close,
  };
}
