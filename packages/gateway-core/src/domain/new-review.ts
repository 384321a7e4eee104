import { type Random, type Review, randomUuid } from '@tyrum/contracts';
import { wireTime } from './wire-time.ts';

/** What a reviewer said about an approval or a pairing. */
export interface Judgement {
  readonly state:
    | 'running'
    | 'requested_human'
    | 'approved'
    | 'denied'
    | 'expired'
    | 'cancelled'
    | 'revoked'
    | 'failed';
  readonly reviewer: { readonly kind: Review['reviewer_kind']; readonly id: string | null };
  readonly reason: string | null;
  readonly risk?: { readonly level?: Review['risk_level']; readonly score?: Review['risk_score'] };
  /** What was decided besides yes and no. */
  readonly decision?: unknown;
}

/** The review that a judgement is. */
export function newReview(
  target: Pick<Review, 'target_type' | 'target_id'>,
  random: Random,
  now: number,
  { state, reviewer, reason, risk, decision }: Judgement,
): Review {
  const at = wireTime(now);
  return {
    review_id: randomUuid(random),
    ...target,
    reviewer_kind: reviewer.kind,
    reviewer_id: reviewer.id,
    state,
    reason,
    risk_level: risk?.level ?? null,
    risk_score: risk?.score ?? null,
    evidence: null,
    decision_payload: decision ?? null,
    created_at: at,
    started_at: at,
    completed_at: state === 'requested_human' || state === 'running' ? null : at,
  };
}
