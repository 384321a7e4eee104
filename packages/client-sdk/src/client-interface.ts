import type {
  Contract,
  EventPayload,
  EventScope,
  EventType,
  HandledByPeer,
  Payload,
  PayloadInput,
  Result,
  ResultInput,
  ToGateway,
  Tyrum,
} from '@tyrum/contracts';
import type { ClientState, ClosedState, OpenState, StoppedState } from './client-state.ts';
import type { Following } from './events/follow.ts';
import type { SnapshotReason } from './events/received-event.ts';
import type { Awaitable } from './ports/crypto.ts';
import type { Reply } from './requests/response.ts';
import type { RequestOptions } from './requests/waiter.ts';
import type { HandlerContext } from './serving/incoming-requests.ts';

/** Names of the requests that an application sends; the handshake is the client's own. */
export type Askable<C> = Exclude<ToGateway<C>, 'connect.init' | 'connect.proof'>;

/** One event, told apart by its `type`. */
export type ClientEvent<C = Tyrum, Type extends EventType<C> = EventType<C>> = Type extends unknown
  ? {
      readonly type: Type;
      readonly payload: EventPayload<C, Type>;
      /** The same each time the event is sent; the application never gets the same one twice in a process. */
      readonly eventId: string;
      /** ISO 8601. */
      readonly occurredAt: string;
      readonly scope?: EventScope;
      /** Its place in the log; absent for what is not in the log, and at revision 2. */
      readonly cursor?: string;
    }
  : never;

/** Sends one request, typed by the contract. */
export type Ask<C> = <Type extends Askable<C>>(
  type: Type,
  payload: PayloadInput<C, Type>,
  options?: RequestOptions,
) => Promise<Result<C, Type>>;

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * One device at one gateway: asks, listens and, as a node, does what it is asked. It connects on the first request, iterator or
 * `follow`, or when told to; it comes back by itself and stops where coming back cannot help.
 *
 * Payloads and results are typed at the newest revision of the contract. At an older one the client checks what it sends against
 * that revision and rejects with `contract_error` what does not fit.
 */
export interface Client<C extends Contract = Tyrum> extends AsyncDisposable {
  readonly state: ClientState;
  /** Resolves with the state in which this client ended: `closed`, or `stopped`. It never rejects. */
  readonly closed: Promise<ClosedState | StoppedState>;

  /**
   * Starts, and resolves once the client is open. After a stop it begins anew.
   *
   * @throws {ClientError} the reason of the stop; `closed`; `timeout` and `aborted` while the client goes on trying
   */
  connect(options?: ConnectOptions): Promise<OpenState>;

  /**
   * Asks the gateway. Made offline, it waits; in flight when the connection dies, it is sent again under the same id and happens once.
   *
   * @throws {ProtocolError} what the gateway answered, or would answer to this payload
   * @throws {ClientError} `timeout`, `aborted`, `closed`, `refused`, `queue_full`, `frame_too_large`, `outcome_unknown`,
   * `invalid_message`, `storage_failed`; `sent` says whether it may have had its effect
   */
  request<Type extends Askable<C>>(
    type: Type,
    payload: PayloadInput<C, Type>,
    options?: RequestOptions,
  ): Promise<Result<C, Type>>;
  /** Like `request`, with what the response says besides its result: `asOf` and `replayed`. */
  exchange<Type extends Askable<C>>(
    type: Type,
    payload: PayloadInput<C, Type>,
    options?: RequestOptions,
  ): Promise<Reply<Result<C, Type>>>;

  /**
   * Calls the handler for each event of the type, one event at a time, in order, and waits for it: the gateway is told that an event
   * is processed after that. An error of the handler goes to `onError`, and the event counts as processed. Register before the
   * client connects, or events come that nobody hears. Returns the undo.
   */
  on<Type extends EventType<C>>(type: Type, handler: (event: ClientEvent<C, Type>) => unknown): () => void;
  /**
   * The events from the call on. One is processed when the loop comes back for the next; a loop that does not come back holds up the
   * acknowledgement, and in the end the events, of the whole client. Leaving the loop undoes it; a stop of the client throws.
   */
  events<Type extends EventType<C> = EventType<C>>(options?: {
    readonly types?: readonly Type[];
  }): AsyncIterableIterator<ClientEvent<C, Type>>;
  /**
   * Lists, then applies what happens after it, for as long as the client lives. `read` reads with the `request` it is given and takes
   * the answer over; `apply` is called for the events of the types after that, in order, and awaited. Where events were missed,
   * `read` is called again. `apply` must bear an event that the list shows already: that happens where the list's place in the
   * events cannot be told, at revision 2 for instance.
   */
  follow<Type extends EventType<C>>(
    read: (request: Ask<C>) => Awaitable<unknown>,
    types: readonly Type[],
    apply: (event: ClientEvent<C, Type>) => Awaitable<unknown>,
  ): Following;
  /**
   * Called, and awaited, before the first event after a gap: read afresh what you show. `follow` does that by itself. Returns the undo.
   */
  onSnapshotRequired(handler: (reason: SnapshotReason) => unknown): () => void;

  /**
   * Serves a request of the gateway, for a node. What it returns is the result; a `ProtocolError` that it throws is the answer, anything
   * else becomes `internal` and goes to `onError`. A remote request is run once however often it is asked, by the journal.
   * Register before the client connects. Returns the undo.
   *
   * @throws {ClientError} `bad_configuration` when the type has a handler already
   */
  handle<Type extends HandledByPeer<C>>(
    type: Type,
    handler: (payload: Payload<C, Type>, context: HandlerContext) => Awaitable<ResultInput<C, Type>>,
  ): () => void;

  /** Called after each change of `state`. Returns the undo. */
  onState(handler: (state: ClientState) => void): () => void;
  /**
   * Trusts this gateway from now on, or forgets the one trusted so far, so that the next one met is trusted. After a stop for
   * `gateway_changed`, `connect()` then begins anew. @throws {ClientError} `storage_failed`
   */
  trustGateway(gatewayId: string | undefined): Promise<void>;

  /**
   * Ends it: tells the storage the place in the events, closes the socket, aborts handlers, rejects what waits with `closed`.
   * Resolves when that is done; a second call does nothing more.
   */
  close(): Promise<void>;
}
