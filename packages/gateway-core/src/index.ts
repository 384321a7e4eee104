export type {
  Awaitable,
  Collection,
  Cursors,
  DocumentPage,
  DocumentQuery,
  Documents,
  Durability,
  Ledger,
  LedgerEntry,
  LedgerKey,
  LogReader,
  LogScope,
  LogState,
  LogWriter,
  NewEvent,
  Store,
  Stored,
  StoredCursor,
  StoredEvent,
  Transaction,
} from './ports/store.ts';
export { StoreUnavailableError, VersionConflictError } from './ports/store.ts';
export { type AppendFeed, createAppendFeed } from './store/append-feed.ts';
export {
  decodeText,
  type EntryRange,
  encodeParts,
  encodeText,
  entryKey,
  entryKeys,
  entryRange,
  sortableNumber,
} from './store/document-index.ts';
export { documentText, nextVersion } from './store/document-write.ts';
export {
  type CommitEngine,
  createGroupCommit,
  type GroupCommit,
  type GroupCommitOptions,
  type Schedule,
} from './store/group-commit.ts';
export {
  createMemoryStore,
  type MemorySnapshot,
  type MemoryStore,
  type MemoryStoreOptions,
  type StoreFaults,
} from './store/memory-store.ts';
