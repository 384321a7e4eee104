import type { Approval } from '@tyrum/contracts';
import type { ApprovalOffice, ApprovalOpinion } from '../../ports/approvals.ts';
import type { DomainServices } from '../domain.ts';
import type { EndWaiters } from '../end-waiters.ts';
import { newestPage } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { inTenant } from '../tenant-unit.ts';
import { APPROVAL_STATUSES, approvalList, findApproval, isWaiting } from './approval-records.ts';
import { APPROVAL_ALARM, endApproval, saveApproval, withReview } from './approval-transitions.ts';
import { decideApproval, existingApproval } from './decide-approval.ts';
import { type OpeningServices, openApproval } from './open-approval.ts';

export interface OfficeOptions extends OpeningServices {
  readonly services: Pick<DomainServices, 'transact'>;
  readonly waiters: EndWaiters<Approval>;
}

const BY_SYSTEM = { kind: 'system', id: null } as const;
const DEFAULT_PAGE = 100;
const NO_SIGNAL = new AbortController().signal;

/** Approvals as the embedder's own code has them, and the alarm by which they expire. */
export function createApprovalOffice({ services, waiters, ...opening }: OfficeOptions): ApprovalOffice {
  opening.alarms.on(APPROVAL_ALARM, async (unit, approvalId) => {
    const record = await findApproval(unit.tx, unit.tenant, approvalId);
    if (record === undefined || !isWaiting(record.approval)) return;
    await endApproval(unit, opening, record, {
      state: 'expired',
      reviewer: BY_SYSTEM,
      reason: 'nobody answered in time',
    });
  });

  const read = async (tenant: string, approvalId: string) =>
    inTenant(services, tenant, async ({ tx }) => (await findApproval(tx, tenant, approvalId))?.approval);

  return {
    open: (tenant, question) =>
      inTenant(services, tenant, async (unit) => (await openApproval(unit, opening, question)).approval),
    get: read,
    list: (tenant, { status, limit = DEFAULT_PAGE, cursor } = {}) =>
      inTenant(services, tenant, async ({ tx }) => {
        const prefixes = (status === undefined ? APPROVAL_STATUSES : [status]).map((one) => [one]);
        const request = { prefixes, limit, cursor };
        const { values, next } = await newestPage(tx.documents, tenant, approvalList('all', false), request);
        return { approvals: values.map(({ approval }) => approval), next };
      }),
    decide: (tenant, approvalId, { decision, ...opinion }) =>
      inTenant(services, tenant, async (unit) => {
        const record = await existingApproval(unit, approvalId);
        const end = { state: decision, ...saidBy(opinion) };
        return (await decideApproval(unit, opening, record, end)).approval;
      }),
    ask: (tenant, approvalId, opinion = {}) =>
      inTenant(services, tenant, async (unit) => {
        const record = await existingApproval(unit, approvalId);
        if (record.approval.status !== 'reviewing') return record.approval;
        const asked = { ...record.approval, status: 'awaiting_human' } as const;
        const judgement = { state: 'requested_human', ...saidBy(opinion) } as const;
        const approval = withReview(asked, opening.random, unit.now, judgement);
        return (await saveApproval(unit, opening.alarms, { ...record, approval })).approval;
      }),
    cancel: (tenant, approvalId, reason) =>
      inTenant(services, tenant, async (unit) => {
        const record = await existingApproval(unit, approvalId);
        if (!isWaiting(record.approval)) return record.approval;
        const end = { state: 'cancelled', reviewer: BY_SYSTEM, reason: reason ?? null } as const;
        return (await endApproval(unit, opening, record, end)).approval;
      }),
    async decided(tenant, approvalId, signal = NO_SIGNAL) {
      return waiters.once(approvalId, signal, async () => {
        const approval = await read(tenant, approvalId);
        if (approval === undefined) throw notFound('approval', approvalId);
        return approval;
      });
    },
  };
}

function saidBy({ reviewer = BY_SYSTEM, reason, riskLevel, riskScore }: ApprovalOpinion) {
  return { reviewer, reason: reason ?? null, risk: { level: riskLevel ?? null, score: riskScore ?? null } };
}
