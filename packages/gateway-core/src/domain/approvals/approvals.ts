import { type Approval, ProtocolError } from '@tyrum/contracts';
import type { ApprovalOffice } from '../../ports/approvals.ts';
import type { DomainServices } from '../domain.ts';
import type { EndWaiters } from '../end-waiters.ts';
import { notFound } from '../refusals.ts';
import { inTenant, type TenantUnit } from '../tenant-unit.ts';
import { type ApprovalRecord, findApproval, isWaiting } from './approval-records.ts';
import { APPROVAL_ALARM, type ApprovalEnd, type ApprovalServices, endApproval } from './approval-transitions.ts';
import { type OpeningServices, openApproval } from './open-approval.ts';

export interface OfficeOptions extends OpeningServices {
  readonly services: Pick<DomainServices, 'transact'>;
  readonly waiters: EndWaiters<Approval>;
}

const BY_SYSTEM = { kind: 'system', id: null } as const;
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
    decide: (tenant, approvalId, { decision, reviewer = BY_SYSTEM, reason, riskLevel = null, riskScore = null }) =>
      inTenant(services, tenant, async (unit) => {
        const record = await existingApproval(unit, approvalId);
        const risk = { level: riskLevel, score: riskScore };
        return (
          await decideApproval(unit, opening, record, { state: decision, reviewer, reason: reason ?? null, risk })
        ).approval;
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

/** @throws {ProtocolError} `not_found` */
export async function existingApproval({ tx, tenant }: TenantUnit, approvalId: string): Promise<ApprovalRecord> {
  const record = await findApproval(tx, tenant, approvalId);
  if (record === undefined) throw notFound('approval', approvalId);
  return record;
}

/**
 * Answers an approval, unless the same answer was given before.
 *
 * @throws {ProtocolError} `conflict` or `invalid_state` with the approval as it is, when it has ended otherwise [RQ-24]
 */
export async function decideApproval(
  unit: TenantUnit,
  services: ApprovalServices,
  record: ApprovalRecord,
  end: ApprovalEnd & { readonly state: 'approved' | 'denied' },
): Promise<ApprovalRecord> {
  const { approval } = record;
  if (approval.status === end.state) return record;
  if (isWaiting(approval)) return endApproval(unit, services, record, end);
  const answered = approval.status === 'approved' || approval.status === 'denied';
  throw new ProtocolError(answered ? 'conflict' : 'invalid_state', `the approval is ${approval.status} already`, {
    details: { approval },
  });
}
