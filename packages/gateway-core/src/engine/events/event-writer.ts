import type { Contract, EventPayloadInput, EventScope, EventType } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';

export interface EventOptions {
  readonly scope?: EventScope;
  /** The one device that may see it. Set by itself for a `node` scope; a `client` scope needs it. */
  readonly deviceId?: string;
}

/** Writes the events of one tenant inside one transaction. */
export interface EventWriter<C extends Contract = Contract> {
  /**
   * Appends a durable event to the log, in this transaction.
   *
   * @throws {TypeError} for an event that is not durable, or whose scope and device contradict each other.
   * @throws {ProtocolError} `contract_error` for one that no frame can hold.
   */
  append<Type extends EventType<C>>(
    type: Type,
    payload: EventPayloadInput<C, Type>,
    options?: EventOptions,
  ): Promise<void>;
  /** Sends an ephemeral event to whoever is connected and may see it, once this transaction holds. */
  emit<Type extends EventType<C>>(type: Type, payload: EventPayloadInput<C, Type>, options?: EventOptions): void;
}

/** Where the embedder's own code says what has happened. */
export interface GatewayEvents<C extends Contract = Contract> extends EventHub<C> {
  /**
   * Appends a durable event in a transaction of its own, and resolves once that holds. What must hold together with the
   * embedder's own rows is appended in `gateway.transact`.
   *
   * @throws {TypeError} for an event that is not durable, or whose scope and device contradict each other.
   * @throws {ProtocolError} `contract_error` for one that no frame can hold.
   * @throws {StoreUnavailableError} when nothing can be kept.
   */
  append<Type extends EventType<C>>(
    tenant: string,
    type: Type,
    payload: EventPayloadInput<C, Type>,
    options?: EventOptions,
  ): Promise<void>;
}

/** Writes events from outside a request: from a runner, a timer, an embedder. */
export interface EventHub<C extends Contract = Contract> {
  /** The writer for a transaction that is open. What it emits is sent when `afterCommit` says so. */
  in(tx: Transaction, tenant: string, afterCommit: (action: () => void) => void): EventWriter<C>;
  /** Sends an ephemeral event now. */
  emit<Type extends EventType<C>>(
    tenant: string,
    type: Type,
    payload: EventPayloadInput<C, Type>,
    options?: EventOptions,
  ): void;
}
