import { ProtocolError } from '@tyrum/contracts';
import { notFound } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { type ApprovalRecord, findApproval, isWaiting } from './approval-records.ts';
import { type ApprovalEnd, type ApprovalServices, endApproval } from './approval-transitions.ts';

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
