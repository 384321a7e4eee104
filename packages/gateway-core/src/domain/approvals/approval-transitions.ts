import type { Approval, EventScope, Random } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import { conversationScope } from '../conversations/conversation-records.ts';
import { type Judgement, newReview } from '../new-review.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { unblockTurn } from '../turns/unblock-turn.ts';
import { wakeWorkflow } from '../workflows/workflow-alarm.ts';
import { type ApprovalRecord, approvals, isWaiting } from './approval-records.ts';

export interface ApprovalServices {
  readonly alarms: Alarms;
  readonly random: Random;
}

/** The one alarm of an approval that expires. */
export const APPROVAL_ALARM = 'approval';

/** How an approval ends: the states that a review and an approval share. */
export type ApprovalEnd = Judgement & { readonly state: 'approved' | 'denied' | 'expired' | 'cancelled' };

/** Adds a review to an approval, as its latest. */
export function withReview(approval: Approval, random: Random, now: number, judgement: Judgement): Approval {
  const target = { target_type: 'approval', target_id: approval.approval_id } as const;
  const review = newReview(target, random, now, judgement);
  return { ...approval, latest_review: review, reviews: [...(approval.reviews ?? []), review] };
}

/** Ends an approval that waits, and lets go on what waited for it, in the same transaction. */
export async function endApproval(
  unit: TenantUnit,
  services: ApprovalServices,
  record: ApprovalRecord,
  end: ApprovalEnd,
): Promise<ApprovalRecord> {
  const approval = withReview({ ...record.approval, status: end.state }, services.random, unit.now, end);
  const ended = await saveApproval(unit, services.alarms, { ...record, approval });
  const { waiter } = ended;
  if (waiter?.kind === 'workflow') await wakeWorkflow(unit, services.alarms, waiter.id);
  if (waiter?.kind === 'turn' && !(await waitsForMore(unit, waiter))) await unblockTurn(unit, waiter.id);
  return ended;
}

/** Keeps an approval that was opened or has ended, says so, and sets its alarm. */
export async function saveApproval(unit: TenantUnit, alarms: Alarms, record: ApprovalRecord): Promise<ApprovalRecord> {
  const { approval } = record;
  const { approval_id, expires_at } = approval;
  await unit.tx.documents.put(unit.tenant, approvals, approval_id, record);
  await unit.events.append('approval.updated', { approval }, approvalScope(approval));
  if (typeof expires_at === 'string') {
    if (isWaiting(approval)) await alarms.set(unit, APPROVAL_ALARM, approval_id, Date.parse(expires_at));
    else await alarms.clear(unit, APPROVAL_ALARM, approval_id);
  }
  return record;
}

async function waitsForMore(
  { tx, tenant }: TenantUnit,
  { kind, id }: NonNullable<ApprovalRecord['waiter']>,
): Promise<boolean> {
  const query = { index: 'waiter', prefix: [kind, id], limit: 1 };
  return (await tx.documents.list(tenant, approvals, query)).items.length > 0;
}

/** What the events of an approval route by: the conversation or the turn that it is about. */
function approvalScope({ scope }: Approval): { readonly scope?: EventScope } {
  if (scope?.conversation_key !== undefined) return conversationScope(scope.conversation_key);
  return scope?.turn_id === undefined ? {} : { scope: { kind: 'turn', turn_id: scope.turn_id } };
}
