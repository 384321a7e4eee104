import type { Capability, Role, Scope, Trace } from '@tyrum/contracts';

/** A peer whose handshake is complete, for as long as its connection is open. */
export interface Peer {
  readonly connectionId: string;
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly revision: number;
  readonly tokenId: string;
  /** Whether its token is bound to this device. */
  readonly deviceBound: boolean;
  /** Current; a change of the token changes them. */
  readonly scopes: ReadonlySet<Scope>;
  readonly label: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly extensions: ReadonlySet<string>;

  /**
   * Sends a request to the peer and resolves with its result, checked.
   *
   * @throws {ProtocolError} with the peer's error; `contract_error` when what it answers does not fit the contract;
   * `unsupported_operation` when its revision, its role or its extensions do not have the type;
   * `timeout`; `cancelled` when the signal aborts; `unavailable` when the connection closes first, after which nobody knows
   * whether the peer acted.
   */
  request(type: string, payload: unknown, options?: PeerRequestOptions): Promise<unknown>;
  /** Sends an event to this peer alone, outside the log. Does nothing where its revision does not have the event. */
  sendDirect(type: string, payload: unknown): void;
  /** Lets it do more, or less, from now on: the scopes of its token do not change. */
  setScopes(scopes: readonly Scope[]): void;
  /** Ends the connection. @throws {RangeError} for a code that is not one of the protocol's */
  close(code: number, reason: string): void;
}

export interface PeerRequestOptions {
  /** @default a new one */
  readonly requestId?: string;
  /** @default 30 s */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The trace context of what caused this request. */
  readonly trace?: Trace;
}

/** The open peers of this gateway process. */
export interface PeerDirectory {
  /** The newest open connection of a device, in one role where that is given. */
  find(tenant: string, deviceId: string, role?: Role): Peer | undefined;
  all(): Iterable<Peer>;
  /** How many connections a tenant has open. */
  count(tenant: string): number;
}
