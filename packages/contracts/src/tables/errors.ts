interface ErrorRow {
  /** Whether the same request, sent again, can succeed. */
  readonly retryable: boolean;
  /** The status of the same refusal over HTTP. */
  readonly httpStatus: number;
  /** What it means, for the reference. Not in the build for browsers. */
  readonly summary?: string;
}

const rows = {
  contract_error: {
    retryable: false,
    httpStatus: 400,
    summary: 'The frame or its payload does not fit the contract; `details.issues` names each path.',
  },
  unauthorized: { retryable: false, httpStatus: 401, summary: 'The token is missing, unknown, expired or revoked.' },
  forbidden: {
    retryable: false,
    httpStatus: 403,
    summary: 'The role or the scopes do not allow it; `details` names what would.',
  },
  not_found: {
    retryable: false,
    httpStatus: 404,
    summary: 'What the request names does not exist, or not for this caller.',
  },
  conflict: {
    retryable: false,
    httpStatus: 409,
    summary: 'Another decision was made before; `details` carries the current state.',
  },
  idempotency_conflict: { retryable: false, httpStatus: 409, summary: 'The key was used before with another payload.' },
  invalid_state: {
    retryable: false,
    httpStatus: 409,
    summary: 'The thing exists, but is in a state that does not allow this.',
  },
  unsupported_operation: {
    retryable: false,
    httpStatus: 501,
    summary: 'The type is not in this contract or not at the agreed revision; `details.since` says from when.',
  },
  revision_unsupported: {
    retryable: false,
    httpStatus: 426,
    summary: 'The two sides have no revision in common; `details.upgrade` names the side to change.',
  },
  contract_mismatch: {
    retryable: false,
    httpStatus: 426,
    summary: 'Both sides mean the same revision number but not the same contract.',
  },
  rate_limited: {
    retryable: true,
    httpStatus: 429,
    summary: 'Too many requests from this device; `retry_after_ms` says when to come back.',
  },
  overloaded: { retryable: true, httpStatus: 503, summary: 'The gateway has no room for it now.' },
  outcome_unknown: {
    retryable: false,
    httpStatus: 504,
    summary: 'It may or may not have happened, and nobody can tell.',
  },
  unavailable: { retryable: true, httpStatus: 503, summary: 'The gateway cannot do or keep it now; nothing happened.' },
  timeout: { retryable: true, httpStatus: 504, summary: 'The time allowed for it ran out.' },
  cancelled: { retryable: false, httpStatus: 499, summary: 'The caller, or the work it belongs to, was cancelled.' },
  internal: { retryable: false, httpStatus: 500, summary: 'The gateway failed; `details.error_id` is in its log too.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof rows;

/** Every code that an error response can carry. Closed: a new code is a new revision. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = rows;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** Whether the same request, sent again, can succeed. A code that this table does not have, from a newer peer, is final. */
export function isRetryable(code: ErrorCode): boolean {
  return isErrorCode(code) && ERRORS[code].retryable;
}

/** Whether a string from the wire is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
