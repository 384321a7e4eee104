import * as z from 'zod';
import { Json, Text, Timestamp } from './common.ts';

export const ReviewState = z
  .enum([
    'queued',
    'running',
    'requested_human',
    'approved',
    'denied',
    'expired',
    'cancelled',
    'revoked',
    'failed',
    'superseded',
  ])
  .meta({ id: 'ReviewState', description: 'Where a review stands.' });

export const Review = z
  .object({
    review_id: z.uuid(),
    target_type: z.enum(['approval', 'pairing']),
    target_id: Text,
    reviewer_kind: z.enum(['guardian', 'human', 'system']),
    reviewer_id: Text.nullable(),
    state: ReviewState,
    reason: z.string().nullable(),
    risk_level: z.enum(['low', 'medium', 'high', 'critical']).nullable(),
    risk_score: z.int().min(0).max(1000).nullable(),
    evidence: Json.nullable(),
    decision_payload: Json.nullable(),
    created_at: Timestamp,
    started_at: Timestamp.nullable(),
    completed_at: Timestamp.nullable(),
  })
  .meta({ id: 'Review', description: 'One judgement of an approval or a pairing.' });
export interface Review extends z.infer<typeof Review> {}
