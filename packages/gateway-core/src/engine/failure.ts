import { isErrorCode, ProtocolError, type Random, randomText } from '@tyrum/contracts';
import { StoreUnavailableError } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { causeText } from './after-commit.ts';

/**
 * A refusal that a handler meant, fit for the wire; `undefined` for anything else that it threw. An `internal` is never meant:
 * its message could tell what a peer must not know, and a code outside the table is a mistake of the handler.
 */
export function refusalIn(thrown: unknown): ProtocolError | undefined {
  if (!ProtocolError.is(thrown) || !isErrorCode(thrown.code) || thrown.code === 'internal') return undefined;
  if (thrown.code !== 'contract_error' || namesIssues(thrown.details)) return thrown;
  const issues = [{ path: ['payload'], message: thrown.message }];
  return new ProtocolError('contract_error', thrown.message, { details: { issues }, cause: thrown });
}

/**
 * The one place where whatever was thrown becomes an answer: a refusal passes, a store that cannot keep anything is
 * `unavailable`, everything else is `internal` with an error id that the log has too.
 */
export function toProtocolError(thrown: unknown, place: string, telemetry: Telemetry, random: Random): ProtocolError {
  const refusal = refusalIn(thrown);
  if (refusal !== undefined) return refusal;
  if (thrown instanceof StoreUnavailableError) {
    telemetry.log('error', 'the store cannot keep anything now', { place, cause: thrown.message });
    return new ProtocolError('unavailable', 'the gateway cannot keep it now; nothing happened', { cause: thrown });
  }
  const errorId = randomText(random, 9);
  telemetry.log('error', 'a request failed', { place, error_id: errorId, cause: causeText(thrown) });
  return new ProtocolError('internal', 'the gateway failed', { details: { error_id: errorId }, cause: thrown });
}

function namesIssues(details: unknown): boolean {
  if (typeof details !== 'object' || details === null || !('issues' in details)) return false;
  return Array.isArray(details.issues) && details.issues.length > 0;
}
