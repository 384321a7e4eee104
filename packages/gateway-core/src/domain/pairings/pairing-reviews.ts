import { type Pairing, type Random, type Review, randomUuid } from '@tyrum/contracts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { pairingDocumentId, pairings } from './pairing-records.ts';

export interface Judgement {
  readonly state: 'requested_human' | 'approved' | 'denied' | 'revoked';
  readonly reviewer: { readonly kind: 'human' | 'system'; readonly id: string | null };
  readonly reason: string | null;
  /** What was decided besides yes and no. */
  readonly decision?: unknown;
}

/** Adds a review to a pairing, as its latest. */
export function withReview(pairing: Pairing, random: Random, now: number, judgement: Judgement): Pairing {
  const { state, reviewer, reason, decision } = judgement;
  const at = wireTime(now);
  const review: Review = {
    review_id: randomUuid(random),
    target_type: 'pairing',
    target_id: String(pairing.pairing_id),
    reviewer_kind: reviewer.kind,
    reviewer_id: reviewer.id,
    state,
    reason,
    risk_level: null,
    risk_score: null,
    evidence: null,
    decision_payload: decision ?? null,
    created_at: at,
    started_at: at,
    completed_at: state === 'requested_human' ? null : at,
  };
  return { ...pairing, latest_review: review, reviews: [...(pairing.reviews ?? []), review] };
}

/** Keeps a pairing that was opened or decided, or whose node has changed, and says so. */
export async function savePairing(unit: TenantUnit, pairing: Pairing): Promise<Pairing> {
  await unit.tx.documents.put(unit.tenant, pairings, pairingDocumentId(pairing.pairing_id), pairing);
  await unit.events.append('pairing.updated', { pairing });
  return pairing;
}
