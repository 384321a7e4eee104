import { type Payload, ProtocolError, type Random, randomText, type Tyrum, type UIMessage } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import { jsonBytes, MOST_MESSAGE_BYTES } from '../json-size.ts';
import { contractError, notFound } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import type { TurnLane } from '../turns/turn-lane.ts';
import { MOST_ANSWERED, type TurnRecord, turns } from '../turns/turn-records.ts';
import { appendMessage } from './append-message.ts';
import {
  type ConversationRecord,
  findConversation,
  type MessageRecord,
  messageDocumentId,
  messages,
  saveConversation,
} from './conversation-records.ts';

type Send = Payload<Tyrum, 'conversation.send'>;

interface Sent {
  readonly message_id: string;
  readonly turn_id: string;
}

/**
 * Says something in a conversation, or asks for another answer to what was said last.
 *
 * What happens when a turn has not ended yet is the conversation's queue mode: `followup` queues a turn behind it;
 * `interrupt` cancels what has not ended and runs the new one; `collect` lets the message join the turn that waits and has
 * not started, and else queues one. `steer` and `steer_backlog` queue a turn as `followup` does, and let the runner of the turn
 * that runs take in its message before that turn begins.
 */
export async function sendMessage(
  unit: TenantUnit,
  { lane, random }: { lane: TurnLane; random: Random },
  payload: Send,
  requestedBy: string,
): Promise<Sent> {
  const conversation = await findConversation(unit.tx, unit.tenant, payload.conversation_id);
  if (conversation === undefined) throw notFound('conversation', payload.conversation_id);
  if (conversation.queue_mode === 'interrupt') {
    await lane.cancelAll(unit, payload.conversation_id, 'interrupted by a newer message');
  }
  if (payload.regenerate === true) return regenerate(unit, lane, conversation, payload, requestedBy);

  const message = userMessage(payload, random);
  await refuseKnown(unit, conversation, message.id);
  const open =
    conversation.queue_mode === 'collect' ? await collecting(unit, lane, payload.conversation_id) : undefined;
  const turn =
    open === undefined
      ? await lane.queue(unit, conversation, { trigger: 'message', answers: [message.id], requestedBy })
      : await join(unit, open, message.id);
  const said = await appendMessage(unit, conversation, { message, turnSeq: turn.seq, turnId: turn.turn.turn_id });
  await saveConversation(unit, open === undefined ? { ...said, next_turn: said.next_turn + 1 } : said);
  return { message_id: message.id, turn_id: turn.turn.turn_id };
}

async function regenerate(
  unit: TenantUnit,
  lane: TurnLane,
  conversation: ConversationRecord,
  { content, message_id }: Send,
  requestedBy: string,
): Promise<Sent> {
  if (content.length > 0) throw contractError(['payload', 'content'], 'expected nothing beside `regenerate`');
  const last = await lastUserMessage(unit.tx, unit.tenant, conversation.summary.conversation_id);
  if (last === undefined) throw new ProtocolError('invalid_state', 'there is no user message to answer once more');
  const { id } = last.message;
  if (message_id !== undefined && message_id !== id) {
    throw new ProtocolError('invalid_state', 'only the last user message can be answered once more', {
      details: { message_id: id },
    });
  }
  const turn = await lane.queue(unit, conversation, { trigger: 'regenerate', answers: [id], requestedBy });
  await saveConversation(unit, { ...conversation, next_turn: conversation.next_turn + 1 });
  return { message_id: id, turn_id: turn.turn.turn_id };
}

function userMessage({ content, message_id, metadata }: Send, random: Random): UIMessage {
  if (content.length === 0) throw contractError(['payload', 'content'], 'expected at least one part');
  const message: UIMessage = {
    id: message_id ?? `msg_${randomText(random, 16)}`,
    role: 'user',
    parts: content,
    ...(metadata === undefined ? {} : { metadata }),
  };
  if (jsonBytes(message) > MOST_MESSAGE_BYTES) {
    throw contractError(['payload', 'content'], `expected at most ${MOST_MESSAGE_BYTES} bytes of JSON`);
  }
  return message;
}

async function refuseKnown(
  { tx, tenant }: TenantUnit,
  { summary }: ConversationRecord,
  messageId: string,
): Promise<void> {
  const known = await tx.documents.get(tenant, messages, messageDocumentId(summary.conversation_id, messageId));
  if (known === undefined) return;
  throw new ProtocolError('conflict', `the conversation has a message ${messageId} already`, {
    details: { message_id: messageId },
  });
}

async function lastUserMessage(
  tx: Transaction,
  tenant: string,
  conversationId: string,
): Promise<MessageRecord | undefined> {
  const query = { index: 'user', prefix: [conversationId], order: 'descending', limit: 1 } as const;
  return (await tx.documents.list(tenant, messages, query)).items[0]?.value;
}

/** The turn that waits last and may still take in a message. */
async function collecting(
  { tx, tenant }: TenantUnit,
  lane: TurnLane,
  conversationId: string,
): Promise<TurnRecord | undefined> {
  const last = await lane.lastQueued(tx, tenant, conversationId);
  const joins = last?.trigger_kind === 'message' && last.answers.length < MOST_ANSWERED;
  return joins ? last : undefined;
}

async function join({ tx, tenant }: TenantUnit, turn: TurnRecord, messageId: string): Promise<TurnRecord> {
  const joined = { ...turn, answers: [...turn.answers, messageId] };
  await tx.documents.put(tenant, turns, turn.turn.turn_id, joined);
  return joined;
}
