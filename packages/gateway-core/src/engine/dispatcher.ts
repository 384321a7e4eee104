import { type Clock, type Contract, ProtocolError, type Random, type RequestFrame, type RevisionView } from '@tyrum/contracts';
import type { LedgerKey, Store, Transaction } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { admit } from './admission.ts';
import type { Viewer } from './audience.ts';
import type { EventHub } from './event-writer.ts';
import { toProtocolError } from './failure.ts';
import type { AnyHandler, Caller, RequestContext } from './handlers.ts';
import type { LedgerRunner, Ran } from './ledger.ts';
import type { Outcome } from './response.ts';
import type { Bucket } from './rate-limit.ts';

/** Answers requests, whichever transport they came over: admission, ledger, handler, one outcome. */
export interface Dispatcher {
  /** Settles with exactly one outcome and never rejects. Requests start in the order of the calls. */
  dispatch(request: DispatchedRequest): Promise<Outcome>;
  /** Refuses new work from now on. */
  drain(): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

export interface DispatchedRequest {
  readonly frame: RequestFrame;
  readonly view: RevisionView;
  readonly caller: Caller & Viewer;
  readonly bucket: Bucket;
  /** Answers the engine's own operations; they are the transport's to provide. */
  readonly engineOperation: (type: string, payload: unknown) => Promise<Outcome>;
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
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { contract, handlers, store, ledger, events, clock, random, telemetry, newEpoch } = options;
  let draining = false;
  let runningCount = 0;
  const idleWaiters: (() => void)[] = [];

  function run(request: DispatchedRequest): Promise<Outcome> {
    const { frame, view, caller } = request;
    const wait = request.bucket.take();
    if (wait > 0) {
      return refused(new ProtocolError('rate_limited', 'too many requests from this device', { retryAfterMs: wait }));
    }
    const admission = admit(contract, view, caller, frame.type, frame.payload);
    if (!admission.admitted) return refused(admission.error);
    const { definition } = admission.view;
    if (definition.servedBy === 'engine') return request.engineOperation(frame.type, admission.payload);
    const handler = handlers.get(frame.type);
    if (handler === undefined) {
      return refused(new ProtocolError('unsupported_operation', `${frame.type} has no handler in this gateway`));
    }
    if (draining) return refused(new ProtocolError('unavailable', 'the gateway is stopping', { retryAfterMs: 1000 }));

    const key: LedgerKey = {
      tenant: caller.tenant,
      device: caller.deviceId,
      type: frame.type,
      key: frame.idempotency_key ?? frame.request_id,
    };
    const work = (tx: Transaction | undefined) => handle(handler, admission.payload, frame, caller, tx);
    switch (definition.effect) {
      case 'read':
        return read(work);
      case 'once':
        return ledger.once(key, admission.payload, work);
      case 'remote':
        return ledger.remote(key, admission.payload, () => work(undefined));
    }
  }

  async function read(work: (tx: Transaction) => Promise<Ran>): Promise<Outcome> {
    const { outcome, afterCommit } = await store.transact(work);
    for (const action of afterCommit) action();
    return outcome;
  }

  async function handle(
    handler: AnyHandler,
    payload: unknown,
    frame: RequestFrame,
    caller: Caller,
    tx: Transaction | undefined,
  ): Promise<Ran> {
    const afterCommit: (() => void)[] = [];
    const later = (action: () => void) => void afterCommit.push(action);
    const context = {
      caller,
      requestId: frame.request_id,
      now: clock.now(),
      random,
      afterCommit: later,
      ...(tx === undefined ? {} : { tx, events: events.in(tx, caller.tenant, later) }),
    } as RequestContext;
    try {
      const result = JSON.stringify(checked(contract, frame.type, await handler(payload, context)));
      if (tx === undefined) return { outcome: { ok: true, result }, afterCommit };
      const { head, headEventId } = await tx.log.state(caller.tenant, newEpoch);
      return { outcome: { ok: true, result, asOf: { position: head, eventId: headEventId } }, afterCommit };
    } catch (thrown) {
      if (ProtocolError.is(thrown)) return { outcome: { ok: false, error: thrown }, afterCommit: [] };
      throw thrown;
    }
  }

  return {
    async dispatch(request) {
      runningCount += 1;
      try {
        return await run(request);
      } catch (thrown) {
        return { ok: false, error: toProtocolError(thrown, request.frame.type, telemetry, random) };
      } finally {
        runningCount -= 1;
        if (runningCount === 0) for (const wake of idleWaiters.splice(0)) wake();
      }
    },
    drain() {
      draining = true;
    },
    idle: () => (runningCount === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
  };
}

/** The result as the contract has it: what leaves is valid, and nothing leaves that the contract does not name. */
function checked(contract: Contract, type: string, result: unknown): unknown {
  const schema = contract.at(contract.served.at(-1) as number).requests.get(type)?.result;
  // An operation that has ended keeps the shape of its last revision.
  return schema === undefined ? result : schema.parse(result);
}

function refused(error: ProtocolError): Promise<Outcome> {
  return Promise.resolve({ ok: false, error });
}
