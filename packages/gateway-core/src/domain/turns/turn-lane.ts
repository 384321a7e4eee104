import { orderedUuid, ProtocolError, type Random, randomUuid } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import type { ConversationRecord } from '../conversations/conversation-records.ts';
import { SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { isUnfinished, type TurnRecord, turnJobs, turns, UNFINISHED } from './turn-records.ts';
import { keepEnded, keepQueued, type TurnEnd } from './turn-transitions.ts';

/** The turns of a conversation, of which one runs at a time, in their order. */
export interface TurnLane {
  /** The turn that runs or is about to. */
  first(tx: Transaction, tenant: string, conversationId: string): Promise<TurnRecord | undefined>;
  /** The turns that wait and have not started, oldest first. */
  queued(tx: Transaction, tenant: string, conversationId: string): Promise<readonly TurnRecord[]>;
  /** The turn that waits last and has not started. */
  lastQueued(tx: Transaction, tenant: string, conversationId: string): Promise<TurnRecord | undefined>;
  /**
   * Adds a turn at the end.
   *
   * @throws {ProtocolError} `overloaded` when too many wait already
   */
  queue(unit: TenantUnit, conversation: ConversationRecord, turn: QueuedTurn): Promise<TurnRecord>;
  /** Ends a turn that has not ended, and lets the next one begin. */
  end(unit: TenantUnit, record: TurnRecord, end: TurnEnd): Promise<TurnRecord>;
  /** Ends every turn that has not ended, and begins none. */
  cancelAll(unit: TenantUnit, conversationId: string, reason: string): Promise<void>;
}

export interface QueuedTurn {
  readonly trigger: TurnRecord['trigger_kind'];
  readonly answers: readonly string[];
  /** The device that asks. */
  readonly requestedBy: string;
}

/** What a lane asks of those who run turns and do their tasks. */
export interface LaneSignals {
  /** A turn may be taken; called once that is durable. */
  wake(tenant: string, turnId: string): void;
  /** Ends what belongs to a turn that has ended, in the same transaction. */
  ended(unit: TenantUnit, turnId: string, end: TurnEnd): Promise<void>;
}

/** Most turns of one conversation that wait behind the one that runs. */
const MOST_QUEUED = 256;

export function createTurnLane(random: Random, signals: LaneSignals): TurnLane {
  /** In no order that means anything; never more than a conversation may queue. */
  async function unfinished(tx: Transaction, tenant: string, conversationId: string): Promise<readonly TurnRecord[]> {
    const found: TurnRecord[] = [];
    for (const status of UNFINISHED) {
      const query = { index: 'conversation', prefix: [conversationId, status], limit: MOST_QUEUED + 1 };
      found.push(...(await tx.documents.list(tenant, turns, query)).items.map(({ value }) => value));
    }
    return found;
  }

  async function first(tx: Transaction, tenant: string, conversationId: string): Promise<TurnRecord | undefined> {
    for (const status of UNFINISHED) {
      const query = { index: 'conversation', prefix: [conversationId, status], limit: 1 };
      const { items } = await tx.documents.list(tenant, turns, query);
      if (items[0] !== undefined) return items[0].value;
    }
    return undefined;
  }

  async function refuseMore(
    { tx, tenant }: TenantUnit,
    conversation: ConversationRecord,
    front: TurnRecord,
  ): Promise<void> {
    // As many turns have come since the first one that has not ended: only then it takes counting those that wait.
    if (conversation.next_turn - front.seq <= MOST_QUEUED) return;
    if ((await unfinished(tx, tenant, front.conversation_id)).length <= MOST_QUEUED) return;
    throw new ProtocolError('overloaded', `${MOST_QUEUED} turns wait in this conversation already`);
  }

  /** Lets the first turn be taken, unless it is already. */
  async function advance(unit: TenantUnit, conversationId: string): Promise<void> {
    const next = await first(unit.tx, unit.tenant, conversationId);
    if (next?.turn.status === 'queued') await makeReady(unit, next.turn.turn_id);
  }

  async function makeReady(unit: TenantUnit, turnId: string): Promise<void> {
    const { tenant, tx, now } = unit;
    if ((await tx.documents.get(SYSTEM, turnJobs, turnId)) !== undefined) return;
    await tx.documents.put(SYSTEM, turnJobs, turnId, { tenant, turn_id: turnId, owner: null, since: now });
    unit.afterCommit(() => signals.wake(tenant, turnId));
  }

  async function stop(unit: TenantUnit, record: TurnRecord, end: TurnEnd): Promise<TurnRecord> {
    const { turn_id } = record.turn;
    const ended = await keepEnded(unit, record, end);
    await unit.tx.documents.delete(SYSTEM, turnJobs, turn_id);
    await signals.ended(unit, turn_id, end);
    return ended;
  }

  return {
    first,
    async queued(tx, tenant, conversationId) {
      const query = { index: 'conversation', prefix: [conversationId, 'queued'], limit: MOST_QUEUED + 1 };
      return (await tx.documents.list(tenant, turns, query)).items.map(({ value }) => value);
    },
    async lastQueued(tx, tenant, conversationId) {
      const query = {
        index: 'conversation',
        prefix: [conversationId, 'queued'],
        order: 'descending',
        limit: 1,
      } as const;
      return (await tx.documents.list(tenant, turns, query)).items[0]?.value;
    },
    async queue(unit, conversation, { trigger, answers, requestedBy }) {
      const { conversation_id } = conversation.summary;
      const front = await first(unit.tx, unit.tenant, conversation_id);
      if (front !== undefined) await refuseMore(unit, conversation, front);
      const record: TurnRecord = {
        turn: {
          turn_id: orderedUuid(random, unit.now),
          job_id: randomUuid(random),
          conversation_key: conversation.key,
          status: 'queued',
          attempt: 1,
          created_at: wireTime(unit.now),
          started_at: null,
          finished_at: null,
          conversation_id,
        },
        conversation_id,
        seq: conversation.next_turn,
        trigger_kind: trigger,
        ...(front === undefined || front.turn.status === 'queued' ? {} : { sent_during: front.turn.turn_id }),
        requested_by: requestedBy,
        answers,
        ...(unit.trace === undefined ? {} : { trace: unit.trace }),
        items: 0,
        said_bytes: 0,
      };
      await keepQueued(unit, record);
      if (front === undefined) await makeReady(unit, record.turn.turn_id);
      return record;
    },
    async end(unit, record, end) {
      if (!isUnfinished(record)) throw new Error(`turn ${record.turn.turn_id} has ended already`);
      const ended = await stop(unit, record, end);
      await advance(unit, record.conversation_id);
      return ended;
    },
    async cancelAll(unit, conversationId, reason) {
      for (const record of await unfinished(unit.tx, unit.tenant, conversationId)) {
        await stop(unit, record, { status: 'cancelled', reason });
      }
    },
  };
}
