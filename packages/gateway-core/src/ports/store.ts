/**
 * The store port: the only door between the gateway and what it keeps.
 *
 * A transaction is the unit. Everything one `work` writes (documents, ledger entries, events, cursors) becomes visible and
 * durable together or not at all, and the promise of `transact` settles only after that: an acknowledgement built on it
 * never lies.
 */
export interface Store {
  /** What a settled `transact` promises: nothing, that the write survives power loss, or that it survives this machine. */
  readonly durability: Durability;

  /**
   * Runs `work` in a transaction and resolves with its value once the commit holds.
   *
   * Works are serialisable. Several ready works may share one commit: one that throws is undone alone and rejects alone with
   * what it threw. A work may run again from the start, for instance because another one of its commit had to be undone; only
   * what its last run returned or threw counts. So it has no effect outside `tx` and awaits nothing but `tx`.
   *
   * @throws {StoreUnavailableError} when the engine cannot commit (disk full, read-only, closed). Nothing of the work is kept.
   */
  transact<Value>(work: (tx: Transaction) => Awaitable<Value>): Promise<Value>;

  readonly log: LogReader;

  /** Finishes what was started, then releases the engine. Later calls reject with {@link StoreUnavailableError}. */
  close(): Promise<void>;
}

export type Durability = 'memory' | 'disk' | 'replicated';

/** Engines may answer at once or later; the caller awaits either way. */
export type Awaitable<Value> = Value | Promise<Value>;

export interface Transaction {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly log: LogWriter;
  readonly cursors: Cursors;
  /** The raw handle of the engine, for rows of an embedder that must commit with the protocol's own. */
  readonly native: unknown;
}

// Documents

/** A kind of document and the orders in which it can be listed. */
export interface Collection<Value> {
  readonly name: string;
  /**
   * For each index, the key under which a value is listed: a tuple of strings compared part by part by code unit, or
   * `undefined` to leave the value out. Numbers go in through `sortableNumber`.
   */
  readonly indexes: { readonly [index: string]: (value: Value) => readonly string[] | undefined };
}

export interface Stored<Value> {
  readonly id: string;
  /** 1 for a new document, one more for each `put`. */
  readonly version: number;
  readonly value: Value;
}

export interface DocumentQuery {
  readonly index: string;
  /** Only keys that begin with these parts. Default: all. */
  readonly prefix?: readonly string[];
  /** Continues strictly after this key, as returned in `next`. */
  readonly after?: string;
  /** Only keys (below the prefix) up to and including this bound, part by part. */
  readonly upTo?: readonly string[];
  readonly order?: 'ascending' | 'descending';
  readonly limit: number;
}

export interface DocumentPage<Value> {
  readonly items: readonly Stored<Value>[];
  /** Present exactly when more documents follow. */
  readonly next?: string;
}

export interface Documents {
  get<Value>(tenant: string, collection: Collection<Value>, id: string): Awaitable<Stored<Value> | undefined>;
  /**
   * Writes a document and its index entries; resolves with the new version.
   *
   * @param expected the version that must be there now, 0 for "must not exist". Omitted: whatever is there is replaced.
   * @throws {VersionConflictError} when another version is there.
   */
  put<Value>(
    tenant: string,
    collection: Collection<Value>,
    id: string,
    value: Value,
    expected?: number,
  ): Awaitable<number>;
  /** Resolves with whether it was there. */
  delete<Value>(tenant: string, collection: Collection<Value>, id: string): Awaitable<boolean>;
  list<Value>(tenant: string, collection: Collection<Value>, query: DocumentQuery): Awaitable<DocumentPage<Value>>;
}

// Ledger

/** Who asked for what: the identity of one effect. `key` is the idempotency key, or else the request id. */
export interface LedgerKey {
  readonly tenant: string;
  readonly device: string;
  readonly type: string;
  readonly key: string;
}

export interface LedgerEntry {
  /** SHA-256 of the canonical payload, base64url: another payload under the same key is a conflict. */
  readonly payloadHash: string;
  /** The gateway process that runs it; only meaningful while `state` is `executing`. */
  readonly owner: string;
  readonly state: 'executing' | 'completed' | 'outcome_unknown';
  /** The response that was decided, as JSON text without its `request_id`. Present exactly when completed. */
  readonly response?: string;
  /** Unix milliseconds of the claim. */
  readonly claimedAt: number;
}

export interface Ledger {
  get(key: LedgerKey): Awaitable<LedgerEntry | undefined>;
  /**
   * Adds an entry. Resolves with `undefined` when it is the first, or with the entry that is already there, untouched.
   */
  claim(key: LedgerKey, entry: LedgerEntry): Awaitable<LedgerEntry | undefined>;
  /** Replaces an entry that is there. */
  settle(key: LedgerKey, entry: LedgerEntry): Awaitable<void>;
  /** Turns every `executing` entry of an owner that is not `liveOwner` into `outcome_unknown`; resolves with the count. */
  abandon(liveOwner: string): Awaitable<number>;
  /** Deletes at most `limit` entries claimed before `claimedBefore`; resolves with the count. */
  prune(claimedBefore: number, limit: number): Awaitable<number>;
}

// Log

/** What an event routes to, besides its audience. */
export interface LogScope {
  readonly kind: 'global' | 'agent' | 'conversation' | 'turn' | 'node' | 'client';
  /** The id that the kind asks for; absent for `global`. */
  readonly id?: string;
}

export interface NewEvent {
  readonly eventId: string;
  readonly type: string;
  /** Unix milliseconds. */
  readonly occurredAt: number;
  readonly scope?: LogScope;
  /** The one device that may see it, when it is addressed to one. */
  readonly device?: string;
  /** JSON text of the payload at the current revision. */
  readonly payload: string;
}

export interface StoredEvent extends NewEvent {
  /** 1 for the first event of a tenant's log, and without holes: commit order. */
  readonly position: number;
}

/** The extent of one tenant's log. */
export interface LogState {
  /** Identity of the log: made when it is first asked for, never changed by a restart. */
  readonly epoch: string;
  /** Position of the newest event; 0 when there has been none. */
  readonly head: number;
  /** Position of the newest event that was trimmed away; 0 when none was. */
  readonly floor: number;
  /** `eventId` of the event at `head` and at `floor`, the empty string at 0: what a cursor is checked against. */
  readonly headEventId: string;
  readonly floorEventId: string;
}

export interface LogWriter {
  /** Appends at the end of the tenant's log; resolves with the position. */
  append(tenant: string, event: NewEvent): Awaitable<number>;
  /** The log as this transaction sees it, its own appends included. Makes the log, with `newEpoch`, if there is none. */
  state(tenant: string, newEpoch: () => string): Awaitable<LogState>;
  /** Gives the log a new identity, for instance after a restored backup; positions go on. */
  renew(tenant: string, epoch: string): Awaitable<void>;
  /** Deletes at most `limit` events up to and including `upTo` that occurred before `occurredBefore` (Unix ms), oldest first; resolves with the new floor. */
  trim(tenant: string, bounds: { upTo: number; occurredBefore?: number; limit: number }): Awaitable<number>;
  /** Every tenant that has a log, for housekeeping. */
  tenants(): Awaitable<readonly string[]>;
}

export interface LogReader {
  /** Committed events after a position, in order, at most `limit`. */
  read(tenant: string, after: number, limit: number): Promise<readonly StoredEvent[]>;
  /**
   * Tells about events right after their commit, before the `transact` that wrote them resolves: per tenant in order,
   * each exactly once, without holes from the first call on. Returns the undo.
   */
  onAppend(listener: (tenant: string, events: readonly StoredEvent[]) => void): () => void;
}

// Cursors

export interface Cursors {
  /** The position a device has said it processed, if it ever did. */
  get(tenant: string, device: string): Awaitable<StoredCursor | undefined>;
  put(tenant: string, device: string, cursor: StoredCursor): Awaitable<void>;
}

export interface StoredCursor {
  readonly position: number;
  /** The opaque cursor text as it was handed out. */
  readonly cursor: string;
}

// Errors

/** The engine cannot keep anything right now; nothing was kept. Becomes `unavailable` on the wire. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** Another version of the document is there than the one that was expected. */
export class VersionConflictError extends Error {
  override readonly name = 'VersionConflictError';
}
