import type { ErrorCode } from '@tyrum/contracts';
import { ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { PendingRequest } from './pending-request.ts';
import type { Reply } from './response.ts';
import type { Settled } from './settled.ts';

/** How a request ended: what everyone who waits is told. */
export type Outcome = { readonly reply: Reply } | { readonly error: ProtocolError | ClientError };

/** The key stands for another payload already. */
export function conflict(type: string): ProtocolError {
  return new ProtocolError('idempotency_conflict', `${type}: the key is in use with another payload`);
}

/** A repeat would not be recognised any more. */
export function outcomeUnknown({ type }: PendingRequest): ClientError {
  const message = `${type}: no answer came while the gateway would have recognised a repeat`;
  return new ClientError('outcome_unknown', message, { sent: true });
}

/** What the gateway answers without looking whether it knows the request: of an earlier sending that says nothing. */
const UNSEEN: ReadonlySet<string> = new Set([
  'contract_error',
  'forbidden',
  'overloaded',
  'rate_limited',
  'unauthorized',
  'unavailable',
  'unsupported_operation',
] satisfies ErrorCode[]);

/** How a refusal ends a request: an earlier sending that was never answered may have had its effect all the same. */
export function refusedWith(error: ProtocolError, pending: PendingRequest): ProtocolError | ClientError {
  const { type, hasEffect, unanswered } = pending;
  if (!hasEffect || !unanswered || !UNSEEN.has(error.code)) return error;
  const message = `${type}: it was sent before without an answer, and now it was refused: ${error.message}`;
  return new ClientError('outcome_unknown', message, { sent: true, cause: error });
}

/** The client ended, and the request with it, or not: what is kept is sent again by the next one. */
export function endedWith(cause: ClientError, { everSent: sent, kept }: PendingRequest): ClientError {
  const { code, message, mustChange } = cause;
  return new ClientError(code, message, { cause, sent, kept, ...(mustChange === undefined ? {} : { mustChange }) });
}

export function settledAs({ type, requestId, idempotencyKey }: PendingRequest, outcome: Outcome): Settled {
  const facts = { type, requestId, idempotencyKey };
  return 'reply' in outcome
    ? { ...facts, ok: true, result: outcome.reply.result }
    : { ...facts, ok: false, error: outcome.error };
}
