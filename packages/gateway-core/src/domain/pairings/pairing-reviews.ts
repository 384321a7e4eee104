import type { Pairing, Random } from '@tyrum/contracts';
import { type Judgement, newReview } from '../new-review.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { pairingDocumentId, pairings } from './pairing-records.ts';

/** Adds a review to a pairing, as its latest. */
export function withReview(pairing: Pairing, random: Random, now: number, judgement: Judgement): Pairing {
  const target = { target_type: 'pairing', target_id: String(pairing.pairing_id) } as const;
  const review = newReview(target, random, now, judgement);
  return { ...pairing, latest_review: review, reviews: [...(pairing.reviews ?? []), review] };
}

/** Keeps a pairing that was opened or decided, or whose node has changed, and says so. */
export async function savePairing(unit: TenantUnit, pairing: Pairing): Promise<Pairing> {
  await unit.tx.documents.put(unit.tenant, pairings, pairingDocumentId(pairing.pairing_id), pairing);
  await unit.events.append('pairing.updated', { pairing });
  return pairing;
}
