import type { Contract, Handled, Payload, Random, ResultInput, Role, Scope, Trace } from '@tyrum/contracts';
import type { Awaitable, Transaction } from '../../ports/store.ts';
import type { EventWriter } from '../events/event-writer.ts';

/** Who asks, over whichever transport. */
export interface Caller {
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly scopes: ReadonlySet<Scope>;
  readonly tokenId: string;
  /** Absent for a call that has no connection, over HTTP. */
  readonly connectionId: string | undefined;
}

/** What a handler works with. Valid until the handler has settled. */
export interface RequestContext<C extends Contract = Contract> {
  readonly caller: Caller;
  readonly requestId: string;
  /** The trace context of the request, to be handed on to whatever it causes (FR-9). */
  readonly trace: Trace | undefined;
  /**
   * The transaction that holds the claim, the effect, the events and the response. Await nothing else, and leave every effect
   * outside of it to `afterCommit`: the handler may run again from the start.
   */
  readonly tx: Transaction;
  /** Appends durable events to the same transaction, and emits live ones once it holds. */
  readonly events: EventWriter<C>;
  /** Unix milliseconds. */
  readonly now: number;
  readonly random: Random;
  /** Runs once the commit holds; never when it does not. */
  afterCommit(action: () => void): void;
}

/**
 * Answers one request. It throws a `ProtocolError` to refuse: then nothing that it wrote is kept. Anything else that it throws
 * is answered as `internal`.
 */
export type Handler<C extends Contract, Type> = (
  payload: Payload<C, Type>,
  context: RequestContext<C>,
) => Awaitable<ResultInput<C, Type>>;

/** One handler for each request of the contract that is not the engine's own; a missing one does not compile. */
export type Handlers<C extends Contract> = { readonly [Type in Handled<C> & string]: Handler<C, Type> };

/** A handler as the dispatcher calls it, after the payload was checked. */
export type AnyHandler = (payload: unknown, context: RequestContext) => Awaitable<unknown>;
