import type { ErrorFrameBody, ProtocolError, RequestFrame } from '@tyrum/contracts';
import type { JournalOutcome } from '../ports/journal.ts';

/** An error as a response carries it. */
export function errorBodyOf({ code, message, details, retryable, retryAfterMs }: ProtocolError): ErrorFrameBody {
  return {
    code,
    message,
    ...(details === undefined ? {} : { details }),
    retryable,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
}

/** The response frame to a request: at revision 2 without what revision 3 adds. */
export function responseText(
  revision: number,
  { request_id, type }: Pick<RequestFrame, 'request_id' | 'type'>,
  outcome: JournalOutcome,
): string {
  const head = { request_id, type, ok: outcome.ok };
  if (outcome.ok) return JSON.stringify(outcome.result === undefined ? head : { ...head, result: outcome.result });
  const { retryable, retry_after_ms, ...error } = outcome.error;
  const newer =
    revision < 3
      ? {}
      : {
          ...(retryable === undefined ? {} : { retryable }),
          ...(retry_after_ms === undefined ? {} : { retry_after_ms }),
        };
  return JSON.stringify({ ...head, error: { ...error, ...newer } });
}
