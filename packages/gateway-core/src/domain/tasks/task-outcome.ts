import { ProtocolError, type Random, randomText } from '@tyrum/contracts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { causeOf } from '../background.ts';
import { jsonBytes, MOST_EVIDENCE_BYTES, MOST_RESULT_BYTES } from '../json-size.ts';
import type { TaskEnd } from './task-transitions.ts';

const LONGEST_MESSAGE = 1024;

/** How a task ends by what its node answered. */
export function endByResult(answer: unknown): TaskEnd {
  // The engine has checked the answer against the contract: an object with these two, both optional.
  const { result, evidence } = (answer ?? {}) as { readonly result?: unknown; readonly evidence?: unknown };
  const tooLarge = [
    [jsonBytes(result), MOST_RESULT_BYTES, 'result'],
    [jsonBytes(evidence), MOST_EVIDENCE_BYTES, 'evidence'],
  ].find(([bytes, most]) => (bytes as number) > (most as number));
  if (tooLarge !== undefined) {
    const [, most, what] = tooLarge;
    const message = `the node did it, but its ${what} is larger than ${most} bytes of JSON and was not kept`;
    return { status: 'failed', error: { code: 'contract_error', message } };
  }
  return { status: 'succeeded', result, evidence };
}

/** How a task ends by what its node refused. Not for the loss of a connection, after which nobody knows. */
export function endByError(error: unknown, telemetry: Telemetry, random: Random): TaskEnd {
  if (!ProtocolError.is(error)) {
    const errorId = randomText(random, 9);
    telemetry.log('error', 'a dispatch failed', { error_id: errorId, cause: causeOf(error) });
    return { status: 'failed', error: { code: 'internal', message: `the dispatch failed; error id ${errorId}` } };
  }
  const told = { code: error.code, message: error.message.slice(0, LONGEST_MESSAGE) };
  const status = error.code === 'outcome_unknown' || error.code === 'cancelled' ? error.code : 'failed';
  return { status, error: told };
}
