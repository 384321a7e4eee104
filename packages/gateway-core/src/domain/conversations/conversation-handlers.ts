import { type Random, randomText, type Tyrum, type UIMessage } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Transaction } from '../../ports/store.ts';
import { newestPage, type PageRequest } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { type TenantUnit, unitOf } from '../tenant-unit.ts';
import type { TurnLane } from '../turns/turn-lane.ts';
import { wireTime } from '../wire-time.ts';
import { conversationKey } from './conversation-key.ts';
import {
  type ConversationRecord,
  conversationList,
  conversationScope,
  conversations,
  filterOf,
  findConversation,
  messageList,
  saveConversation,
} from './conversation-records.ts';
import { sendMessage } from './send-message.ts';
import type { ConversationSweep } from './sweep-conversation.ts';

export interface ConversationServices {
  readonly lane: TurnLane;
  readonly sweep: ConversationSweep;
  readonly random: Random;
}

type ConversationHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `conversation.${string}`>>;

const DEFAULT_PAGE = 50;
const MOST_MESSAGES = 500;

export function conversationHandlers({ lane, sweep, random }: ConversationServices): ConversationHandlers {
  return {
    async 'conversation.list'({ agent_key, channel, archived, limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const { index, parts } = filterOf({ agent_key, channel });
      const request: PageRequest = { prefixes: [[archived === true ? 'archived' : 'open', ...parts]], limit, cursor };
      const { values, next } = await newestPage(tx.documents, caller.tenant, conversationList(index), request);
      return { conversations: values.map(({ summary }) => summary), next_cursor: next };
    },

    async 'conversation.get'({ conversation_id, before, limit = MOST_MESSAGES }, { tx, caller }) {
      const record = await existing(tx, caller.tenant, conversation_id);
      const request: PageRequest = { prefixes: [[conversation_id]], limit, cursor: before, field: 'before' };
      const { values, next } = await newestPage(tx.documents, caller.tenant, messageList(conversation_id), request);
      const messages = values.map(({ message }) => message).reverse();
      return { conversation: { ...whole(record, messages), messages_before: next } };
    },

    async 'conversation.create'({ agent_key = 'default', channel = 'api', title = '' }, context) {
      const unit = unitOf(context);
      const conversation_id = `conv_${randomText(random, 16)}`;
      const at = wireTime(unit.now);
      const record: ConversationRecord = {
        key: conversationKey(agent_key, channel, conversation_id),
        queue_mode: 'followup',
        next_message: 0,
        next_turn: 0,
        summary: {
          conversation_id,
          agent_key,
          channel,
          thread_id: conversation_id,
          container_kind: 'dm',
          title,
          message_count: 0,
          created_at: at,
          updated_at: at,
          last_message: null,
          archived: false,
        },
      };
      await unit.tx.documents.put(unit.tenant, conversations, conversation_id, record, 0);
      await unit.events.append('conversation.created', { conversation: record.summary }, conversationScope(record.key));
      return { conversation: { ...whole(record, []), messages_before: null } };
    },

    'conversation.send': (payload, context) =>
      sendMessage(unitOf(context), { lane, random }, payload, context.caller.deviceId),

    async 'conversation.reconnect'({ conversation_id }, { tx, caller }) {
      await existing(tx, caller.tenant, conversation_id);
      const first = await lane.first(tx, caller.tenant, conversation_id);
      return first === undefined ? null : { stream_id: first.turn.turn_id };
    },

    async 'conversation.archive'({ conversation_id, archived }, context) {
      await change(unitOf(context), conversation_id, (record) =>
        record.summary.archived === archived ? record : { ...record, summary: { ...record.summary, archived } },
      );
      return { conversation_id, archived };
    },

    async 'conversation.delete'({ conversation_id }, context) {
      const unit = unitOf(context);
      const { key } = await existing(unit.tx, unit.tenant, conversation_id);
      await lane.cancelAll(unit, conversation_id, 'the conversation was deleted');
      await unit.tx.documents.delete(unit.tenant, conversations, conversation_id);
      await unit.events.append('conversation.deleted', { conversation_id }, conversationScope(key));
      await sweep.begin(unit, conversation_id);
      return { conversation_id };
    },

    async 'conversation.queue_mode.set'({ conversation_id, queue_mode }, context) {
      await change(unitOf(context), conversation_id, (record) =>
        record.queue_mode === queue_mode ? record : { ...record, queue_mode },
      );
      return { conversation_id, queue_mode };
    },
  };
}

async function existing(tx: Transaction, tenant: string, conversationId: string): Promise<ConversationRecord> {
  const record = await findConversation(tx, tenant, conversationId);
  if (record === undefined) throw notFound('conversation', conversationId);
  return record;
}

/** Keeps what `edit` makes of a conversation; nothing happens where it returns what it was given. */
async function change(
  unit: TenantUnit,
  conversationId: string,
  edit: (record: ConversationRecord) => ConversationRecord,
): Promise<void> {
  const record = await existing(unit.tx, unit.tenant, conversationId);
  const edited = edit(record);
  if (edited !== record) await saveConversation(unit, edited);
}

function whole({ summary, queue_mode }: ConversationRecord, messages: UIMessage[]) {
  return { ...summary, queue_mode, messages };
}
