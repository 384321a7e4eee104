import type { Payload, Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import { overridesFrom } from '../overrides/override-records.ts';
import { newestPage, type PageRequest } from '../paging/newest-page.ts';
import { unitOf } from '../tenant-unit.ts';
import { APPROVAL_STATUSES, type ApprovalSubject, approvalList, isWaiting } from './approval-records.ts';
import type { ApprovalServices } from './approval-transitions.ts';
import { decideApproval, existingApproval } from './decide-approval.ts';
import { makeItStand, refuseContradiction } from './standing-answers.ts';

type ApprovalHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `approval.${string}`>>;

/** What clients ask about approvals. */
export function approvalHandlers(services: ApprovalServices): ApprovalHandlers {
  return {
    async 'approval.list'(filter, { tx, caller }) {
      const { kind } = filter;
      const { subject, prefix } = subjectOf(filter);
      const statuses = filter.status === undefined ? APPROVAL_STATUSES : [filter.status];
      const tails =
        kind === undefined
          ? statuses.map((status) => [status])
          : statuses.flatMap((status) => [...new Set(kind)].map((one) => [status, one]));
      const request: PageRequest = {
        prefixes: tails.map((tail) => [...prefix, ...tail]),
        limit: filter.limit,
        cursor: filter.cursor,
      };
      const list = approvalList(subject, kind !== undefined);
      const { values, next } = await newestPage(tx.documents, caller.tenant, list, request);
      const approvals = values.map(({ approval }) => approval);
      return next === null ? { approvals } : { approvals, next_cursor: next };
    },

    async 'approval.resolve'(payload, context) {
      refuseContradiction(payload);
      const { approval_id, decision, reason, mode } = payload;
      const unit = unitOf(context);
      const record = await existingApproval(unit, approval_id);
      const waited = isWaiting(record.approval);
      const { approval } = await decideApproval(unit, services, record, {
        state: decision,
        reviewer: { kind: 'human', id: context.caller.deviceId },
        reason: reason ?? null,
      });
      if (mode !== 'always') return { approval };
      // Somebody gave the same answer before: what it was made to stand for then is what stands.
      const created_overrides = waited
        ? await makeItStand(unit, services, approval, payload, context.caller)
        : await overridesFrom(unit, approval_id);
      return { approval, created_overrides };
    },
  };
}

function subjectOf({ conversation_key: conversation, turn_id: turn }: Payload<Tyrum, 'approval.list'>): {
  readonly subject: ApprovalSubject;
  readonly prefix: readonly string[];
} {
  if (conversation === undefined) {
    return turn === undefined ? { subject: 'all', prefix: [] } : { subject: 'turn', prefix: [turn] };
  }
  return turn === undefined
    ? { subject: 'conversation', prefix: [conversation] }
    : { subject: 'both', prefix: [conversation, turn] };
}
