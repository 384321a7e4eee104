import type { Trace, Turn, TurnItem, TurnStatus } from '@tyrum/contracts';
import type { Collection } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { PagedList } from '../paging/newest-page.ts';

/** A turn as it is kept. */
export interface TurnRecord {
  readonly turn: Turn;
  readonly conversation_id: string;
  /** Order among the turns of its conversation; the lowest one that has not ended runs. */
  readonly seq: number;
  readonly trigger_kind: 'message' | 'regenerate';
  /** The user messages that it answers, oldest first: several where `collect` made them join, or it took them in. */
  readonly answers: readonly string[];
  /** The turn that ran when it was queued. */
  readonly sent_during?: string;
  /** The device whose message it answers. */
  readonly requested_by: string;
  /** The trace context of the request that queued it. */
  readonly trace?: Trace;
  /** How many items it has, and the bytes of what they say. */
  readonly items: number;
  readonly said_bytes: number;
}

/** Most messages that one turn answers. */
export const MOST_ANSWERED = 64;

/** The statuses in which a turn has not ended. */
export const UNFINISHED = ['running', 'paused', 'queued'] as const satisfies readonly TurnStatus[];
export const TURN_STATUSES = [
  ...UNFINISHED,
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly TurnStatus[];

export function isUnfinished({ turn }: TurnRecord): boolean {
  return (UNFINISHED as readonly TurnStatus[]).includes(turn.status);
}

const byTime = ({ turn, seq }: TurnRecord) => [turn.created_at, sortableNumber(seq), turn.turn_id];
const bySeq = ({ turn, seq }: TurnRecord) => [sortableNumber(seq), turn.turn_id];

export const turns: Collection<TurnRecord> = {
  name: 'turns',
  indexes: {
    status: (record) => [record.turn.status, ...byTime(record)],
    conversation: (record) => [record.conversation_id, record.turn.status, ...bySeq(record)],
  },
};

export const turnList: PagedList<TurnRecord> = {
  name: 'turns',
  collection: turns,
  index: 'status',
  place: byTime,
  placeLength: 3,
};

export const conversationTurnList: PagedList<TurnRecord> = {
  name: 'turns of a conversation',
  collection: turns,
  index: 'conversation',
  place: bySeq,
  placeLength: 2,
};

/** What turns said, under the id of the turn and the key of the item. */
export const turnItems: Collection<TurnItem> = {
  name: 'turn_items',
  indexes: { turn: ({ turn_id, item_index }) => [turn_id, sortableNumber(item_index)] },
};

/** Turn ids hold no slash, so no two items share an id. */
export function itemDocumentId(turnId: string, itemKey: string): string {
  return `${turnId}/${itemKey}`;
}

/** A turn that shall run now, or runs: one document for each, in the system's tenant, under the id of the turn. */
export interface TurnJob {
  readonly tenant: string;
  readonly turn_id: string;
  /** The process that has taken it; `null` while it is to be taken. */
  readonly owner: string | null;
  /** Unix milliseconds at which it became ready: first come, first served. */
  readonly since: number;
}

export const turnJobs: Collection<TurnJob> = {
  name: 'turn_jobs',
  indexes: {
    ready: ({ owner, since }) => (owner === null ? [sortableNumber(since)] : undefined),
    owned: ({ owner }) => (owner === null ? undefined : [owner]),
  },
};
