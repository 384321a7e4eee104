import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../protocol-error.ts';
import { ERRORS, type ErrorCode, isErrorCode, isRetryable } from './errors.ts';

describe('the table of error codes', () => {
  it('is this one [ER-1]', () => {
    expect(Object.entries(ERRORS).map(([code, row]) => [code, row.httpStatus, row.retryable])).toEqual([
      ['contract_error', 400, false],
      ['unauthorized', 401, false],
      ['forbidden', 403, false],
      ['not_found', 404, false],
      ['conflict', 409, false],
      ['idempotency_conflict', 409, false],
      ['invalid_state', 409, false],
      ['unsupported_operation', 501, false],
      ['revision_unsupported', 426, false],
      ['contract_mismatch', 426, false],
      ['rate_limited', 429, true],
      ['overloaded', 503, true],
      ['outcome_unknown', 504, false],
      ['unavailable', 503, true],
      ['timeout', 504, true],
      ['cancelled', 499, false],
      ['internal', 500, false],
    ]);
  });

  it.each(['toString', '__proto__', '', 'Internal', 4, null])('does not have %s', (value) => {
    expect(isErrorCode(value)).toBe(false);
  });

  it('takes a code of a newer peer for one that no retry helps', () => {
    expect(isRetryable('from_the_future' as ErrorCode)).toBe(false);
  });
});

describe('a protocol error', () => {
  it('takes from the table whether a retry helps, unless it is told otherwise', () => {
    expect(new ProtocolError('overloaded', 'no room').retryable).toBe(true);
    expect(new ProtocolError('overloaded', 'no room', { retryable: false }).retryable).toBe(false);
    expect(new ProtocolError('not_found', 'no such turn').retryable).toBe(false);
  });

  it('is recognised when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('no such turn'), { [Symbol.for('tyrum.protocol-error')]: true });

    expect(ProtocolError.is(foreign)).toBe(true);
    expect(ProtocolError.is(new ProtocolError('internal', 'failed'))).toBe(true);
  });

  it.each([new Error('a'), null, undefined, 'internal', { code: 'internal' }])('is not %s', (value) => {
    expect(ProtocolError.is(value)).toBe(false);
  });

  it('keeps its cause on this side', () => {
    const cause = new Error('password wrong for database user');

    const error = new ProtocolError('internal', 'failed', { cause });

    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error)).not.toContain('password');
  });
});
