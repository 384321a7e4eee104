import {
  type Clock,
  type Contract,
  mustFit,
  ProtocolError,
  type Random,
  type RequestFrame,
  type RevisionView,
  type Schema,
} from '@tyrum/contracts';
import { isPromise, whenReady } from '../../ports/awaitable.ts';
import type { Awaitable, LedgerKey, Store, Transaction } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { runAfterCommit } from '../after-commit.ts';
import type { EventHub } from '../events/event-writer.ts';
import { refusalIn, toProtocolError } from '../failure.ts';
import { admit } from '../rights/admission.ts';
import type { Viewer } from '../rights/audience.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import type { SecurityEvents } from '../rights/security-events.ts';
import type { AnyHandler, Caller, RequestContext } from './handlers.ts';
import type { LedgerRunner, Ran } from './ledger.ts';
import type { AsOf, Outcome } from './response.ts';

/** Answers requests, whichever transport they came over: admission, ledger, handler, one outcome. */
export interface Dispatcher {
  /** Settles with exactly one outcome and never rejects. Requests start in the order of the calls. */
  dispatch(request: DispatchedRequest): Promise<Outcome>;
  /** Refuses new work from now on. */
  drain(): void;
  /** Resolves when nothing runs any more and what was awaited has its outcome. */
  idle(): Promise<void>;
}

export interface DispatchedRequest {
  readonly frame: RequestFrame;
  readonly view: RevisionView;
  readonly caller: Caller & Viewer;
  readonly bucket: Bucket;
  readonly origin: RequestOrigin;
}

/** Where a request came from. */
export interface RequestOrigin {
  /** Answers the engine's own operations; they are the transport's to provide. */
  engineOperation(type: string, payload: unknown): Promise<Outcome>;
  /**
   * Hears where a read is true while its transaction is still open: nothing that comes after that place in the log can have been
   * seen yet. The transaction may run again, or fail.
   */
  readAt?(asOf: AsOf): void;
}

export interface DispatcherOptions {
  readonly contract: Contract;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly store: Store;
  readonly ledger: LedgerRunner;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly newEpoch: () => string;
  readonly security: Pick<SecurityEvents, 'authzDenied'>;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { contract, handlers, store, ledger, events, clock, random, telemetry, newEpoch, security } = options;
  const resultSchemas = resultSchemasOf(contract);
  let draining = false;
  let runningCount = 0;
  const idleWaiters: (() => void)[] = [];

  function run(request: DispatchedRequest): Promise<Outcome> {
    const { frame, view, caller } = request;
    const wait = request.bucket.take();
    if (wait > 0) {
      throw new ProtocolError('rate_limited', 'too many requests from this device', { retryAfterMs: wait });
    }
    const admission = admit(contract, view, caller, frame.type, frame.payload);
    if (!admission.admitted) {
      if (admission.error.code === 'forbidden') {
        security.authzDenied(caller, { type: frame.type, requestId: frame.request_id }, admission.error);
      }
      throw admission.error;
    }
    const { definition } = admission.view;
    if (definition.servedBy === 'engine') return request.origin.engineOperation(frame.type, admission.payload);
    const handler = handlers.get(frame.type);
    if (handler === undefined) {
      throw new ProtocolError('unsupported_operation', `${frame.type} has no handler in this gateway`);
    }
    if (draining) throw new ProtocolError('unavailable', 'the gateway is stopping', { retryAfterMs: 1000 });

    const key: LedgerKey = {
      tenant: caller.tenant,
      device: caller.deviceId,
      type: frame.type,
      key: frame.idempotency_key ?? frame.request_id,
    };
    switch (definition.effect) {
      case 'read':
        return store.transact((tx) => readIn(tx, handler, admission.payload, request)).then(committed);
      case 'once':
        return ledger.once(key, admission.payload, (tx) =>
          inTransaction(handler, admission.payload, request, tx, refusal),
        );
      case 'remote':
        return ledger.remote(key, admission.payload, () => outside(handler, admission.payload, request).catch(refusal));
    }
  }

  function committed({ outcome, afterCommit }: Ran): Outcome {
    runAfterCommit(afterCommit, telemetry);
    return outcome;
  }

  /** Runs a handler that changes nothing, and tells its peer's delivery where in the log it was true. */
  function readIn(tx: Transaction, handler: AnyHandler, payload: unknown, request: DispatchedRequest): Awaitable<Ran> {
    return whenReady(inTransaction(handler, payload, request, tx, failure), (ran) => {
      if (ran.outcome.ok && ran.outcome.asOf !== undefined) request.origin.readAt?.(ran.outcome.asOf);
      return ran;
    });
  }

  /**
   * Runs a handler in a transaction. Whatever it throws leaves the transaction with what it wrote taken back; `thrownBy` says what
   * becomes of it besides.
   */
  function inTransaction(
    handler: AnyHandler,
    payload: unknown,
    request: DispatchedRequest,
    tx: Transaction,
    thrownBy: (thrown: unknown) => Ran,
  ): Awaitable<Ran> {
    const { frame, caller } = request;
    const afterCommit: (() => void)[] = [];
    const later = (action: () => void) => void afterCommit.push(action);
    const context: RequestContext = {
      caller,
      requestId: frame.request_id,
      trace: frame.trace,
      now: clock.now(),
      random,
      tx,
      events: events.in(tx, caller.tenant, later),
      afterCommit: later,
    };
    const answered = (answer: unknown): Awaitable<Ran> => {
      const result = said(frame.type, answer);
      return whenReady(tx.log.state(caller.tenant, newEpoch), ({ head, headEventId }) => {
        return { outcome: { ok: true, result, asOf: { position: head, eventId: headEventId } }, afterCommit };
      });
    };
    let answer: Awaitable<unknown>;
    try {
      answer = handler(payload, context);
    } catch (thrown) {
      return thrownBy(thrown);
    }
    return isPromise(answer) ? answer.then(answered, thrownBy) : answered(answer);
  }

  /** Runs the handler of an operation that acts outside the store: it has no transaction, and asking for one is a mistake. */
  async function outside(handler: AnyHandler, payload: unknown, request: DispatchedRequest): Promise<Ran> {
    const { frame, caller } = request;
    const afterCommit: (() => void)[] = [];
    const context: RequestContext = {
      caller,
      requestId: frame.request_id,
      trace: frame.trace,
      now: clock.now(),
      random,
      get tx(): never {
        throw new TypeError(`${frame.type} acts outside the store: its handler has no transaction`);
      },
      get events(): never {
        throw new TypeError(`${frame.type} acts outside the store: its handler has no transaction to write events in`);
      },
      afterCommit: (action) => void afterCommit.push(action),
    };
    return { outcome: { ok: true, result: said(frame.type, await handler(payload, context)) }, afterCommit };
  }

  /** The result as the contract has it: what leaves is valid, and nothing leaves that the contract does not name. */
  function said(type: string, result: unknown): string | undefined {
    const schema = resultSchemas.get(type);
    return schema === undefined ? undefined : JSON.stringify(mustFit(schema, result, 'result'));
  }

  function ended(outcome: Outcome): Outcome {
    runningCount -= 1;
    if (runningCount === 0) for (const wake of idleWaiters.splice(0)) wake();
    return outcome;
  }

  return {
    dispatch(request) {
      const { type } = request.frame;
      const failed = (thrown: unknown) => ended({ ok: false, error: toProtocolError(thrown, type, telemetry, random) });
      runningCount += 1;
      try {
        return run(request).then(ended, failed);
      } catch (thrown) {
        return Promise.resolve(failed(thrown));
      }
    },
    drain() {
      draining = true;
    },
    async idle() {
      while (runningCount > 0) {
        await new Promise<void>((resolve) => idleWaiters.push(resolve));
        // Whoever awaits the last outcome is told one step after this: it comes first.
        await Promise.resolve();
        await Promise.resolve();
      }
    },
  };
}

/** What a handler refused is an outcome to be kept; anything else that it threw is a failure. */
function refusal(thrown: unknown): Ran {
  const error = refusalIn(thrown);
  if (error === undefined) throw thrown;
  return { outcome: { ok: false, error }, afterCommit: [] };
}

/** Of what changes nothing there is nothing to be kept, whatever was thrown. */
function failure(thrown: unknown): never {
  throw thrown;
}

/** The result of each operation at the newest revision that has it, as a peer reads it; `undefined` for a void one. */
function resultSchemasOf(contract: Contract): ReadonlyMap<string, Schema | undefined> {
  const schemas = new Map<string, Schema | undefined>();
  // Ascending: what a newer revision has takes the older one's place.
  for (const { requests } of [...contract.served.map((revision) => contract.at(revision)), contract.current]) {
    for (const [type, { results }] of requests) schemas.set(type, results.peer);
  }
  return schemas;
}
