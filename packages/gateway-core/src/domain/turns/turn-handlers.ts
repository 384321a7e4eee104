import { ProtocolError, type Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Transaction } from '../../ports/store.ts';
import { conversations } from '../conversations/conversation-records.ts';
import { newestPage } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { unitOf } from '../tenant-unit.ts';
import type { TurnLane } from './turn-lane.ts';
import {
  conversationTurnList,
  isUnfinished,
  TURN_STATUSES,
  type TurnRecord,
  turnItems,
  turnList,
  turns,
} from './turn-records.ts';

type TurnHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `turn.${string}`>>;

const DEFAULT_PAGE = 50;
/** More than any turn has. */
const ALL_ITEMS = 1001;

export function turnHandlers(lane: TurnLane): TurnHandlers {
  return {
    async 'turn.list'({ statuses = TURN_STATUSES, conversation_id, limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const distinct = [...new Set(statuses)];
      const { values, next } =
        conversation_id === undefined
          ? await newestPage(tx.documents, caller.tenant, turnList, {
              prefixes: distinct.map((status) => [status]),
              limit,
              cursor,
            })
          : await newestPage(tx.documents, caller.tenant, conversationTurnList, {
              prefixes: distinct.map((status) => [conversation_id, status]),
              limit,
              cursor,
            });
      const agents = await agentsOf(tx, caller.tenant, values);
      return {
        turns: values.map(({ turn, conversation_id: of, trigger_kind }) => {
          const agent_key = agents.get(of);
          return {
            turn,
            conversation_key: turn.conversation_key,
            trigger_kind,
            ...(agent_key === undefined ? {} : { agent_key }),
          };
        }),
        next_cursor: next,
      };
    },

    async 'turn.get'({ turn_id }, { tx, caller }) {
      const { turn } = await existing(tx, caller.tenant, turn_id);
      const query = { index: 'turn', prefix: [turn_id], limit: ALL_ITEMS };
      const { items } = await tx.documents.list(caller.tenant, turnItems, query);
      return { turn, items: items.map(({ value }) => value) };
    },

    async 'turn.cancel'({ turn_id, reason }, context) {
      const unit = unitOf(context);
      const record = await existing(unit.tx, unit.tenant, turn_id);
      if (record.turn.status === 'cancelled') return { turn: record.turn };
      if (!isUnfinished(record)) {
        throw new ProtocolError('invalid_state', `the turn has ${record.turn.status} already`, {
          details: { turn: record.turn },
        });
      }
      const { turn } = await lane.end(unit, record, { status: 'cancelled', reason });
      return { turn };
    },
  };
}

async function existing(tx: Transaction, tenant: string, turnId: string): Promise<TurnRecord> {
  const stored = await tx.documents.get(tenant, turns, turnId);
  if (stored === undefined) throw notFound('turn', turnId);
  return stored.value;
}

/** The agent of each conversation on a page. */
async function agentsOf(
  tx: Transaction,
  tenant: string,
  page: readonly TurnRecord[],
): Promise<ReadonlyMap<string, string>> {
  const agents = new Map<string, string>();
  for (const id of new Set(page.map(({ conversation_id }) => conversation_id))) {
    const conversation = await tx.documents.get(tenant, conversations, id);
    if (conversation !== undefined) agents.set(id, conversation.value.summary.agent_key);
  }
  return agents;
}
