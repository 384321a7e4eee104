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

/** After so many batches that wrote, and in which nothing had to be undone, the next goes without savepoints again. */
const CALM = 16;

/**
 * Drives one connection through the batches of the group commit.
 *
 * A batch has no savepoints as long as the works of the last ones went well. When one of its works fails after it wrote,
 * and others wrote before it, the batch runs again with savepoints, and so do the next: where works keep failing, at most one batch
 * in {@link CALM} runs twice.
 */
export function createCommitEngine(options: CommitEngineOptions): CommitEngine<Transaction> {
  const { session, feed, handle, onUndone, close } = options;
  let mark = 0;
  let calm = CALM;
  let savepoints = false;
  let undone = 0;

  return {
    handle,
    begin(attempt) {
      if (attempt > 0) calm = 0;
      savepoints = calm < CALM;
      undone = 0;
      session.begin(savepoints);
    },
    enter() {
      mark = feed.mark();
      session.enter();
    },
    release: session.release,
    rollback() {
      if (!session.rollback()) return;
      undone += 1;
      feed.rewind(mark);
      onUndone();
    },
    commit() {
      const wrote = session.commit();
      // One alone needs no savepoint: it takes the whole transaction with it, if it wrote first or was the only one.
      if (undone > (savepoints ? 0 : 1)) calm = 0;
      else if (wrote) calm += 1;
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
