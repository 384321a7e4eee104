import { ProtocolError, type Random, randomText } from '@tyrum/contracts';
import { StoreUnavailableError } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/**
 * The one place where whatever was thrown becomes an answer: a `ProtocolError` passes, a store that cannot keep anything is
 * `unavailable`, everything else is `internal` with an error id that the log has too.
 */
export function toProtocolError(thrown: unknown, place: string, telemetry: Telemetry, random: Random): ProtocolError {
  if (ProtocolError.is(thrown)) return thrown;
  if (thrown instanceof StoreUnavailableError) {
    telemetry.log('error', 'the store cannot keep anything now', { place, cause: thrown.message });
    return new ProtocolError('unavailable', 'the gateway cannot keep it now; nothing happened', { cause: thrown });
  }
  const errorId = randomText(random, 9);
  telemetry.log('error', 'a request failed', {
    place,
    error_id: errorId,
    cause: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  });
  return new ProtocolError('internal', 'the gateway failed', { details: { error_id: errorId }, cause: thrown });
}
