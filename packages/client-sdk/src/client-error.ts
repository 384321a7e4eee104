const BRAND = Symbol.for('tyrum.client-error');

/** What can go wrong on this side of the wire. What the gateway answers is a `ProtocolError` instead. */
export const CLIENT_ERRORS = {
  bad_configuration: 'The options contradict each other, or lack something.',
  unreachable: 'No socket could be opened; nothing reached the gateway.',
  handshake_failed: 'The socket opened, but the handshake did not complete.',
  refused: 'The gateway refuses this client; `mustChange` says what has to change first.',
  gateway_changed: 'The gateway has another key than the one trusted so far, or proves none.',
  gateway_unproven: 'What the gateway sent in the handshake is not proven by its key.',
  connection_lost: 'The connection ended after the handshake.',
  closed: 'The client was closed.',
  timeout: 'The time allowed for it ran out.',
  aborted: 'The caller aborted it.',
  outcome_unknown: 'The request may or may not have had its effect, and nobody can tell any more.',
  queue_full: 'Too many requests wait to be sent.',
  frame_too_large: 'The request is larger than a frame that the gateway takes.',
  invalid_message: 'The gateway sent something that does not fit the contract.',
  overflow: 'Events came faster than the application takes them, without any credit to hold them back.',
  storage_failed: 'The storage or the journal could not be read or written.',
  snapshot_unhandled: 'Events were missed, and nothing in the application reads afresh.',
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/** What must change before a client that stopped can come back. */
export type MustChange =
  /** It needs another token. */
  | 'token'
  /** Its device key or the device's registration is wrong. */
  | 'device'
  /** This program has to be upgraded or mended. */
  | 'client'
  /** The gateway has to be upgraded or mended. */
  | 'gateway'
  /** One of the two sides has to be upgraded, and the gateway did not say which. */
  | 'client or gateway'
  /** A person has to decide whether to trust the gateway: `trustGateway`. */
  | 'trust';

export interface ClientErrorOptions {
  /** Present on errors that stop the client. */
  readonly mustChange?: MustChange;
  readonly closeCode?: number;
  /** Milliseconds after which the other side wants to be asked again. */
  readonly retryAfterMs?: number;
  /** Whether the request had been sent, so that it may have had its effect. */
  readonly sent?: boolean;
  /** Whether the request stays in the storage and is sent again when a client starts on it. */
  readonly kept?: boolean;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A failure on this side of the wire: of the configuration, the connection, or the patience of the caller. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly mustChange: MustChange | undefined;
  readonly closeCode: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly sent: boolean | undefined;
  readonly kept: boolean | undefined;
  readonly details: unknown;
  readonly [BRAND] = true;

  constructor(code: ClientErrorCode, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.mustChange = options.mustChange;
    this.closeCode = options.closeCode;
    this.retryAfterMs = options.retryAfterMs;
    this.sent = options.sent;
    this.kept = options.kept;
    this.details = options.details;
  }

  /** Whether a caught value is one, also when another copy of this package made it. */
  static is(value: unknown): value is ClientError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
