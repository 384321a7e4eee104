import type { ConversationSummary, EventScope, QueueMode, UIMessage } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { PagedList } from '../paging/newest-page.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';

/** A conversation as it is kept. Its messages are documents of their own. */
export interface ConversationRecord {
  readonly summary: ConversationSummary;
  readonly key: string;
  readonly queue_mode: QueueMode;
  /** How many messages and turns it ever had: the numbers of the next ones. */
  readonly next_message: number;
  readonly next_turn: number;
}

/** One message, under the id of its conversation and its own. */
export interface MessageRecord {
  readonly conversation_id: string;
  readonly message: UIMessage;
  readonly seq: number;
  /** Order of the turn that it began, or that said it, among the turns of the conversation. */
  readonly turn_seq: number;
  /** For what a turn said: the user message that it answers. */
  readonly answers?: string;
}

const recent = ({ summary }: ConversationRecord) => [summary.updated_at, summary.conversation_id];
const archivedPart = ({ summary }: ConversationRecord) => (summary.archived ? 'archived' : 'open');

/** One index for each filter, so that no list reads past what it shows. */
export const conversations: Collection<ConversationRecord> = {
  name: 'conversations',
  indexes: {
    all: (record) => [archivedPart(record), ...recent(record)],
    agent: (record) => [archivedPart(record), record.summary.agent_key, ...recent(record)],
    channel: (record) => [archivedPart(record), record.summary.channel, ...recent(record)],
    both: (record) => [archivedPart(record), record.summary.agent_key, record.summary.channel, ...recent(record)],
  },
};

export const messages: Collection<MessageRecord> = {
  name: 'messages',
  indexes: {
    order: ({ conversation_id, seq }) => [conversation_id, sortableNumber(seq)],
    user: ({ conversation_id, message, seq }) =>
      message.role === 'user' ? [conversation_id, sortableNumber(seq)] : undefined,
  },
};

/** Which conversations are asked for. */
export interface ConversationFilter {
  readonly agent_key?: string | undefined;
  readonly channel?: string | undefined;
  readonly archived?: boolean | undefined;
}

/** The index that serves a filter, and what its keys have behind the part that tells archived conversations. */
export function filterOf({ agent_key, channel }: ConversationFilter): {
  readonly index: 'all' | 'agent' | 'channel' | 'both';
  readonly parts: readonly string[];
} {
  if (agent_key === undefined) {
    return channel === undefined ? { index: 'all', parts: [] } : { index: 'channel', parts: [channel] };
  }
  return channel === undefined
    ? { index: 'agent', parts: [agent_key] }
    : { index: 'both', parts: [agent_key, channel] };
}

/** Conversations by last change, below the parts that a filter fixes. */
export function conversationList(index: 'all' | 'agent' | 'channel' | 'both'): PagedList<ConversationRecord> {
  return { name: 'conversations', collection: conversations, index, place: recent, placeLength: 2 };
}

/** The messages of one conversation, by their order; its cursors are good for that conversation alone. */
export function messageList(conversationId: string): PagedList<MessageRecord> {
  return {
    name: `messages ${conversationId}`,
    collection: messages,
    index: 'order',
    place: ({ seq }) => [sortableNumber(seq)],
    placeLength: 1,
  };
}

export async function findConversation(
  tx: Transaction,
  tenant: string,
  conversationId: string,
): Promise<ConversationRecord | undefined> {
  return (await tx.documents.get(tenant, conversations, conversationId))?.value;
}

/** Conversation ids are the gateway's own and hold no slash. */
export function messageDocumentId(conversationId: string, messageId: string): string {
  return `${conversationId}/${messageId}`;
}

/** What every event about a conversation, its messages and its turns routes by. */
export function conversationScope(key: string): { readonly scope: EventScope } {
  return { scope: { kind: 'conversation', conversation_key: key } };
}

/** Keeps a changed conversation and says so. */
export async function saveConversation(unit: TenantUnit, record: ConversationRecord): Promise<ConversationRecord> {
  const summary = { ...record.summary, updated_at: wireTime(unit.now) };
  const saved = { ...record, summary };
  await unit.tx.documents.put(unit.tenant, conversations, summary.conversation_id, saved);
  await unit.events.append('conversation.updated', { conversation: summary }, conversationScope(record.key));
  return saved;
}
