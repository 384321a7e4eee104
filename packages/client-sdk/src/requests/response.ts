import type { ErrorFrameBody, OkResponseFrame, SpokenView } from '@tyrum/contracts';
import { isErrorCode, ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';

/** A successful response, with what it says besides its result. */
export interface Reply<Result = unknown> {
  readonly result: Result;
  /** The cursor at which the read was true or the write committed; from revision 3 on. */
  readonly asOf: string | undefined;
  /** Whether this is the stored response of an earlier run of the same request. */
  readonly replayed: boolean;
}

/** Reads an ok response, tolerantly: keys that this client does not know are dropped. */
export function readReply(view: SpokenView, frame: OkResponseFrame): Reply | ClientError {
  const rest = { asOf: frame.as_of, replayed: frame.replayed === true };
  const reading = view.requests.get(frame.type)?.readResult?.(frame.result);
  if (reading === undefined) return { result: undefined, ...rest };
  if (reading.fits) return { result: reading.value, ...rest };
  return new ClientError(
    'invalid_message',
    `${frame.type}: the response does not fit the contract: ${reading.message}`,
    {
      sent: true,
      details: { issues: reading.issues },
    },
  );
}

/** The error of a response as the caller gets it. */
export function readError(error: ErrorFrameBody): ProtocolError {
  const known = isErrorCode(error.code);
  return new ProtocolError(known ? error.code : 'internal', error.message, {
    details: known ? error.details : { code: error.code, details: error.details },
    ...(error.retryable === undefined ? {} : { retryable: error.retryable }),
    ...(error.retry_after_ms === undefined ? {} : { retryAfterMs: error.retry_after_ms }),
  });
}
