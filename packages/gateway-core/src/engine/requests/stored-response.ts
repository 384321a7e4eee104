import { ProtocolError } from '@tyrum/contracts';
import type { LedgerEntry } from '../../ports/store.ts';
import type { Outcome } from './response.ts';

/**
 * What the ledger keeps of an outcome, as JSON text. A released entry is one whose key counts as never used: the ledger of a
 * store has no way to take a claim back, so it is settled as this.
 */
const RELEASED = '{"released":true}';

/** The entry of a request that was answered, for its repeats. */
export function completedEntry(payloadHash: string, outcome: Outcome, claimedAt: number): LedgerEntry {
  return { payloadHash, owner: '', state: 'completed', response: textOf(outcome), claimedAt };
}

export function releasedEntry(payloadHash: string, claimedAt: number): LedgerEntry {
  return { payloadHash, owner: '', state: 'completed', response: RELEASED, claimedAt };
}

export function isReleased(entry: LedgerEntry): boolean {
  return entry.response === RELEASED;
}

/** The outcome that a completed entry holds. */
export function storedOutcome(entry: LedgerEntry): Outcome {
  const kept = JSON.parse(entry.response ?? '{}');
  if (kept.ok) {
    const result = kept.result === undefined ? undefined : JSON.stringify(kept.result);
    return { ok: true, result, ...(kept.as_of === undefined ? {} : { asOf: kept.as_of }) };
  }
  const { code, message, details } = kept.error;
  return { ok: false, error: new ProtocolError(code, message, { details }) };
}

function textOf(outcome: Outcome): string {
  if (outcome.ok) {
    // Around the result's own text: to put a text into a text is to escape each quote of it.
    const asOf = outcome.asOf === undefined ? '' : `,"as_of":${JSON.stringify(outcome.asOf)}`;
    const result = outcome.result === undefined ? '' : `,"result":${outcome.result}`;
    return `{"ok":true${asOf}${result}}`;
  }
  const { code, message, details } = outcome.error;
  return JSON.stringify({ ok: false, error: { code, message, details } });
}
