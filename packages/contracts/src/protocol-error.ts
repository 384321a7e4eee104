import { type ErrorCode, isRetryable } from './tables/errors.ts';

const BRAND = Symbol.for('tyrum.protocol-error');

export interface ProtocolErrorOptions {
  /** What a program can read. Never a secret, never a whole payload. */
  readonly details?: unknown;
  /** Milliseconds after which a retry makes sense. */
  readonly retryAfterMs?: number;
  /** Overrides what the table says of the code. */
  readonly retryable?: boolean;
  /** Kept on this side for logs; never serialised. */
  readonly cause?: unknown;
}

/**
 * A failure that one peer reports to the other: what an error response carries. A handler throws it to answer with that
 * code; a client's `request` rejects with it.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, message: string, options: ProtocolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
    this.retryable = options.retryable ?? isRetryable(code);
  }

  /** Whether a caught value is one, also when another copy of this package made it. */
  static is(value: unknown): value is ProtocolError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
