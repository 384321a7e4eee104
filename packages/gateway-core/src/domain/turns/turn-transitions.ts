import type { EventScope, Turn } from '@tyrum/contracts';
import { conversationScope } from '../conversations/conversation-records.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { type TurnRecord, turns } from './turn-records.ts';

/** How a turn ends. */
export type TurnEnd =
  | { readonly status: 'succeeded' }
  | { readonly status: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  | { readonly status: 'cancelled'; readonly reason?: string | undefined };

/** Keeps a turn that was just queued and says so. */
export async function keepQueued(unit: TenantUnit, record: TurnRecord): Promise<void> {
  await unit.events.append('turn.queued', step(record), about(record));
  await keep(unit, record);
}

/** A turn begins to run, or is taken up again after a crash: then its attempt counts one more. */
export async function keepRunning(unit: TenantUnit, record: TurnRecord): Promise<TurnRecord> {
  const resumed = record.turn.status !== 'queued';
  const running: TurnRecord = {
    ...record,
    turn: {
      ...unblocked(record.turn),
      status: 'running',
      attempt: resumed ? record.turn.attempt + 1 : record.turn.attempt,
      started_at: record.turn.started_at ?? wireTime(unit.now),
    },
  };
  await unit.events.append(resumed ? 'turn.resumed' : 'turn.started', step(record), about(record));
  await keep(unit, running);
  return running;
}

/** A turn waits for the answer to an approval. */
export async function keepBlocked(unit: TenantUnit, record: TurnRecord, approvalId: string): Promise<void> {
  const { turn } = record;
  await unit.events.append(
    'turn.blocked',
    { turn_id: turn.turn_id, reason: 'approval', approval_id: approvalId },
    about(record),
  );
  await keep(unit, { ...record, turn: { ...turn, status: 'paused', blocked_reason: 'approval' } });
}

/** What a paused turn waited for has come. */
export async function keepUnblocked(unit: TenantUnit, record: TurnRecord): Promise<void> {
  await unit.events.append('turn.resumed', step(record), about(record));
  await keep(unit, { ...record, turn: { ...unblocked(record.turn), status: 'running' } });
}

export async function keepEnded(unit: TenantUnit, record: TurnRecord, end: TurnEnd): Promise<TurnRecord> {
  const ended: TurnRecord = {
    ...record,
    turn: { ...unblocked(record.turn), status: end.status, finished_at: wireTime(unit.now) },
  };
  switch (end.status) {
    case 'succeeded':
      await unit.events.append('turn.completed', step(record), about(record));
      break;
    case 'failed':
      await unit.events.append('turn.failed', { ...step(record), error: end.error }, about(record));
      break;
    case 'cancelled': {
      const reason = end.reason === undefined ? {} : { reason: end.reason };
      await unit.events.append(
        'turn.cancelled',
        { turn_id: record.turn.turn_id, requested_by: record.requested_by, ...reason },
        about(record),
      );
      break;
    }
  }
  await keep(unit, ended);
  return ended;
}

/** Keeps a changed turn and tells the whole of it. */
async function keep(unit: TenantUnit, record: TurnRecord): Promise<void> {
  await unit.tx.documents.put(unit.tenant, turns, record.turn.turn_id, record);
  await unit.events.append('turn.updated', { turn: record.turn, trigger_kind: record.trigger_kind }, about(record));
}

function unblocked({ blocked_reason: _reason, blocked_detail: _detail, ...turn }: Turn): Turn {
  return turn;
}

function step({ turn, conversation_id, requested_by }: TurnRecord) {
  return { turn_id: turn.turn_id, conversation_id, requested_by };
}

function about({ turn }: TurnRecord): { readonly scope: EventScope } {
  return conversationScope(turn.conversation_key);
}
