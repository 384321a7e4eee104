import { type Awaitable, type Store, StoreUnavailableError, type Transaction } from '../ports/store.ts';
import { createAppendFeed } from './append-feed.ts';
import { encodeText } from './document-index.ts';
import { type CommitEngine, createGroupCommit, RunAgain, type Schedule } from './group-commit.ts';
import { createMemoryDocuments } from './memory-documents.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryCursors, createMemoryLog } from './memory-log.ts';
import { type Draft, EMPTY_TABLES, type Tables } from './memory-tables.ts';
import { between, find } from './sorted-map.ts';

export interface MemoryStoreOptions {
  /** What a disk held: the store begins with it. */
  readonly from?: MemorySnapshot;
  readonly faults?: StoreFaults;
  /** When a batch begins. @default the end of the turn of the event loop */
  readonly schedule?: Schedule;
  /** Works in one commit at most. @default 1024 */
  readonly maxBatch?: number;
  /** Is told what a listener of the log threw. @default it is written to the console */
  readonly onListenerError?: (error: unknown) => void;
}

/** Places where a simulation can make the store slow, by a promise, or broken, by throwing. */
export interface StoreFaults {
  /** A throw makes the commit fail: nothing of the batch is kept. */
  beforeCommit?(): Awaitable<void>;
  /** The batch is kept by now; a throw makes it be reported as failed, as when the answer of a disk is lost. */
  afterCommit?(): Awaitable<void>;
  /** Asked before each first commit of a batch: whether its works run once more from the start, as other engines may have it. */
  runAgain?(): boolean;
  /** Called before `log.read` reads; a throw makes it fail. */
  beforeRead?(): Awaitable<void>;
}

/** Everything that was committed at one moment. Opaque, immutable, and free to take. */
export interface MemorySnapshot {
  readonly tables: Tables;
}

export interface MemoryStore extends Store {
  /** What a disk would hold now: every commit that has happened, and nothing of the batch that runs. */
  snapshot(): MemorySnapshot;
}

/**
 * A transactional store that lives as long as its process: for tests, for the simulation and for trying things out.
 *
 * A crash is a store made `from` the snapshot of another.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { from, faults = {}, schedule, maxBatch, onListenerError } = options;
  const feed = createAppendFeed(onListenerError);
  let committed = from?.tables ?? EMPTY_TABLES;
  let drafted = committed;
  let saved = committed;
  let mark = 0;
  let open = false;
  let firstRun = true;

  const draft: Draft = {
    get tables() {
      if (!open) throw new Error('the transaction has ended');
      return drafted;
    },
    set tables(tables) {
      drafted = tables;
    },
  };

  const engine: CommitEngine<Transaction> = {
    handle: {
      documents: createMemoryDocuments(draft),
      ledger: createMemoryLedger(draft),
      log: createMemoryLog(draft, feed),
      cursors: createMemoryCursors(draft),
      native: undefined,
    },
    begin(attempt) {
      firstRun = attempt === 0;
      drafted = committed;
    },
    enter() {
      open = true;
      saved = drafted;
      mark = feed.mark();
    },
    release() {
      open = false;
    },
    rollback() {
      open = false;
      drafted = saved;
      feed.rewind(mark);
    },
    commit() {
      if (firstRun && faults.runAgain?.()) throw new RunAgain();
      const before = faults.beforeCommit?.();
      return before === undefined ? keep() : before.then(keep);
    },
    abort() {
      open = false;
      feed.rewind(0);
    },
    outage: () => undefined,
    close: () => undefined,
  };

  function keep(): Awaitable<void> {
    committed = drafted;
    feed.publish();
    return faults.afterCommit?.();
  }

  const commits = createGroupCommit({ engine, schedule, maxBatch });

  return {
    durability: 'memory',
    transact: commits.transact,
    log: {
      async read(tenant, after, limit) {
        if (commits.closed) throw new StoreUnavailableError('the store is closed');
        await readFault(faults);
        const events = find(committed.logs, encodeText(tenant))?.events;
        const page = [];
        for (const [, event] of between(events, after, undefined)) {
          if (page.length >= limit) break;
          page.push(event);
        }
        return page;
      },
      onAppend: feed.onAppend,
    },
    close: commits.close,
    snapshot: () => ({ tables: committed }),
  };
}

async function readFault(faults: StoreFaults): Promise<void> {
  try {
    await faults.beforeRead?.();
  } catch (error) {
    throw new StoreUnavailableError('the log cannot be read', { cause: error });
  }
}
