import { type Approval, ProtocolError } from '@tyrum/contracts';
import type { EndWaiters } from '../end-waiters.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import type { TurnApprovals } from '../turns/turn-context.ts';
import { keepBlocked } from '../turns/turn-transitions.ts';
import { approvals, isWaiting } from './approval-records.ts';
import { endApproval } from './approval-transitions.ts';
import { existingApproval } from './decide-approval.ts';
import { type OpeningServices, openApproval } from './open-approval.ts';

/** The approvals that turns wait for: asked once for their key, and taken back when their turn ends. */
export interface ApprovalsOfTurns extends TurnApprovals {
  /** Cancels what an ended turn still asks, in the same transaction. */
  cancelOf(unit: TenantUnit, turnId: string): Promise<void>;
}

export interface TurnApprovalOptions extends OpeningServices {
  readonly waiters: EndWaiters<Approval>;
}

/** Most questions that one turn asks at a time: they are taken back together. */
const MOST_ASKED = 100;

export function createTurnApprovals({ waiters, ...opening }: TurnApprovalOptions): ApprovalsOfTurns {
  async function asked({ tx, tenant }: TenantUnit, turnId: string) {
    const query = { index: 'waiter', prefix: ['turn', turnId], limit: MOST_ASKED };
    return (await tx.documents.list(tenant, approvals, query)).items.map(({ value }) => value);
  }

  return {
    async ask({ question, key, write }, signal) {
      const opened = await write(async (unit, record) => {
        const { turn_id, conversation_key } = record.turn;
        if ((await asked(unit, turn_id)).length === MOST_ASKED) {
          throw new ProtocolError('overloaded', `one turn asks at most ${MOST_ASKED} questions at a time`);
        }
        const { approval } = await openApproval(unit, opening, {
          ...question,
          key: `turn:${turn_id}:${key}`,
          scope: { conversation_key, turn_id },
          waiter: { kind: 'turn', id: turn_id },
        });
        if (isWaiting(approval)) await keepBlocked(unit, record, approval.approval_id);
        return approval;
      });
      if (!isWaiting(opened)) return granted(opened);
      const { approval_id } = opened;
      const look = () => write(async (unit) => (await existingApproval(unit, approval_id)).approval);
      return granted(await waiters.once(approval_id, signal, look));
    },

    async cancelOf(unit, turnId) {
      for (const record of await asked(unit, turnId)) {
        await endApproval(unit, opening, record, {
          state: 'cancelled',
          reviewer: { kind: 'system', id: null },
          reason: 'the turn has ended',
        });
      }
    },
  };
}

const REFUSALS = {
  denied: { code: 'forbidden', message: 'the approval was denied' },
  expired: { code: 'timeout', message: 'the approval expired before anybody answered' },
} as const;

/** The approval, if that is what it is: a runner that does not look cannot go on without one. */
function granted(approval: Approval): Approval {
  const { status } = approval;
  if (status === 'approved') return approval;
  const refusal =
    status === 'denied' || status === 'expired'
      ? REFUSALS[status]
      : ({ code: 'cancelled', message: 'the question was taken back' } as const);
  throw new ProtocolError(refusal.code, refusal.message, { details: { approval } });
}
