import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
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
  .apply(meta, { id: 'ReviewState', description: 'Where a review stands.' });

export const Review = z
  .object({
    review_id: z.uuid(),
    target_type: z.enum(['approval', 'pairing']),
    target_id: Text,
    reviewer_kind: z.enum(['guardian', 'human', 'system']),
    reviewer_id: z.nullable(Text),
    state: ReviewState,
    reason: z.nullable(z.string()),
    risk_level: z.nullable(z.enum(['low', 'medium', 'high', 'critical'])),
    risk_score: z.nullable(z.int().check(z.gte(0), z.lte(1000))),
    evidence: z.nullable(Json),
    decision_payload: z.nullable(Json),
    created_at: Timestamp,
    started_at: z.nullable(Timestamp),
    completed_at: z.nullable(Timestamp),
  })
  .apply(meta, { id: 'Review', description: 'One judgement of an approval or a pairing.' });
export interface Review extends z.infer<typeof Review> {}
