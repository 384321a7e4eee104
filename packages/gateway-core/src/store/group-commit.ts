import { isPromise } from '../ports/awaitable.ts';
import { type Awaitable, StoreUnavailableError } from '../ports/store.ts';

/**
 * One connection to an engine, as the batcher drives it: `begin`, then for each work `enter` and either `release` or
 * `rollback`, then `commit`. Whatever one of these throws ends the whole batch with `abort`; what it threw says whether the
 * batch has failed or, as {@link RunAgain}, runs again.
 */
export interface CommitEngine<Handle> {
  /** What the works are given. */
  readonly handle: Handle;
  /** @param attempt 0 the first time that this batch runs, one more each time that the engine asked to run it again */
  begin(attempt: number): Awaitable<void>;
  /** A work begins. */
  enter(): Awaitable<void>;
  /** Keeps what the work did. */
  release(): Awaitable<void>;
  /** Undoes what the work did, and only that. */
  rollback(): Awaitable<void>;
  /** Makes everything durable, then tells those who listen to the log. */
  commit(): Awaitable<void>;
  /** Undoes everything since `begin`, which may itself have failed. */
  abort(): Awaitable<void>;
  /**
   * Why the whole transaction is lost, if it is. Asked after every work, with what it threw, if anything: a work may also
   * have swallowed the error that says so. Asked again for an error of the engine's own, to say what it stands for.
   */
  outage(thrown: unknown): StoreUnavailableError | undefined;
  close(): Awaitable<void>;
}

/**
 * Thrown by an engine that cannot go on with a batch as it is, but could if it began anew: a work cannot be undone alone, or
 * another process came in between. The engine bounds how often it asks.
 */
export class RunAgain extends Error {
  override readonly name = 'RunAgain';
}

/** Calls back soon, once what is ready now has had its turn. */
export type Schedule = (callback: () => void) => void;

export interface GroupCommitOptions<Handle> {
  readonly engine: CommitEngine<Handle>;
  /** @default `setImmediate` where the runtime has it, else a microtask */
  readonly schedule?: Schedule | undefined;
  /** Works in one commit at most. @default 1024 */
  readonly maxBatch?: number | undefined;
}

export interface GroupCommit<Handle> {
  /** The rules of `Store.transact`. */
  transact<Value>(work: (handle: Handle) => Awaitable<Value>): Promise<Value>;
  readonly closed: boolean;
  /** The rules of `Store.close`. */
  close(): Promise<void>;
}

/**
 * Lets works that are ready in the same turn of the event loop share one commit: the price of a disk's flush is paid per
 * batch and not per work. A work that is alone waits for the end of the turn and for no timer.
 */
export function createGroupCommit<Handle>(options: GroupCommitOptions<Handle>): GroupCommit<Handle> {
  const { engine, schedule = soon, maxBatch = 1024 } = options;
  let queue: Job<Handle>[] = [];
  let busy = false;
  let closing: { readonly done: Promise<void>; readonly finish: () => void } | undefined;

  function wake(): void {
    busy = true;
    schedule(() => void runNext());
  }

  async function runNext(): Promise<void> {
    const batch = queue.length <= maxBatch ? queue : queue.slice(0, maxBatch);
    queue = queue.length <= maxBatch ? [] : queue.slice(maxBatch);
    const outage = await runBatch(engine, batch);
    for (const job of batch) settle(job, outage);
    busy = false;
    if (queue.length > 0) wake();
    else closing?.finish();
  }

  return {
    transact<Value>(work: (handle: Handle) => Awaitable<Value>): Promise<Value> {
      if (closing !== undefined) return Promise.reject(new StoreUnavailableError('the store is closed'));
      return new Promise<Value>((resolve, reject) => {
        // The queue holds works of every type; each resolver only ever sees what its own work returned.
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject, failed: false, outcome: undefined });
        if (!busy) wake();
      });
    },
    get closed() {
      return closing !== undefined;
    },
    close() {
      if (closing === undefined) {
        let finish = (): void => undefined;
        const drained = new Promise<void>((resolve) => {
          finish = resolve;
        });
        closing = { done: drained.then(() => engine.close()), finish };
        if (!busy) finish();
      }
      return closing.done;
    },
  };
}

interface Job<Handle> {
  readonly work: (handle: Handle) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  failed: boolean;
  /** What the work returned, or threw. */
  outcome: unknown;
}

/** Runs a batch to its commit, as often as its engine asks. Resolves with what kept it from being committed, if anything did. */
async function runBatch<Handle>(
  engine: CommitEngine<Handle>,
  batch: readonly Job<Handle>[],
): Promise<StoreUnavailableError | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await runOnce(engine, batch, attempt);
      return undefined;
    } catch (error) {
      await abort(engine);
      if (error instanceof RunAgain) continue;
      if (error instanceof StoreUnavailableError) return error;
      return engine.outage(error) ?? new StoreUnavailableError('the store could not commit', { cause: error });
    }
  }
}

/** Awaits only what is a promise: an await costs more than all the rest of a small work. */
async function runOnce<Handle>(
  engine: CommitEngine<Handle>,
  batch: readonly Job<Handle>[],
  attempt: number,
): Promise<void> {
  const begun = engine.begin(attempt);
  if (isPromise(begun)) await begun;
  for (const job of batch) {
    const entered = engine.enter();
    if (isPromise(entered)) await entered;
    job.failed = false;
    try {
      const value = job.work(engine.handle);
      job.outcome = isPromise(value) ? await value : value;
    } catch (error) {
      job.failed = true;
      job.outcome = error;
    }
    const outage = engine.outage(job.failed ? job.outcome : undefined);
    if (outage !== undefined) {
      // Whatever this work made of it, it worked on an engine that had failed.
      job.failed = false;
      throw outage;
    }
    const ended = job.failed ? engine.rollback() : engine.release();
    if (isPromise(ended)) await ended;
  }
  const committed = engine.commit();
  if (isPromise(committed)) await committed;
}

async function abort<Handle>(engine: CommitEngine<Handle>): Promise<void> {
  try {
    await engine.abort();
  } catch {
    // The error that led here is the one to report; if the engine is still unwell, the next `begin` says so.
  }
}

function settle<Handle>(job: Job<Handle>, outage: StoreUnavailableError | undefined): void {
  if (job.failed) job.reject(job.outcome);
  else if (outage === undefined) job.resolve(job.outcome);
  else job.reject(outage);
}

function soon(callback: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: Schedule };
  if (setImmediate === undefined) void Promise.resolve().then(callback);
  else setImmediate(callback);
}
