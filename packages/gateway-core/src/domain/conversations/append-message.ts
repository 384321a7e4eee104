import type { UIMessage } from '@tyrum/contracts';
import type { TenantUnit } from '../tenant-unit.ts';
import { type ConversationRecord, conversationScope, messageDocumentId, messages } from './conversation-records.ts';
import { messageText, previewOf } from './message-text.ts';

export interface NewMessage {
  readonly message: UIMessage;
  readonly turnSeq: number;
  readonly turnId: string;
  /** For what a turn says: the user message that it answers. */
  readonly answers?: string;
  /** For what a turn says: the device that it answers. */
  readonly requestedBy?: string;
  /** For what a turn says: how much of its text was streamed before, in UTF-16 code units. */
  readonly streamed?: number;
}

/**
 * Adds a message at the end of a conversation, with its `message.final`. Resolves with the conversation as it is then; the
 * caller saves it, once, with whatever else it changes.
 */
export async function appendMessage(
  unit: TenantUnit,
  conversation: ConversationRecord,
  { message, turnSeq, turnId, answers, requestedBy, streamed }: NewMessage,
): Promise<ConversationRecord> {
  const { conversation_id, message_count } = conversation.summary;
  const seq = conversation.next_message;
  await unit.tx.documents.put(
    unit.tenant,
    messages,
    messageDocumentId(conversation_id, message.id),
    { conversation_id, message, seq, turn_seq: turnSeq, ...(answers === undefined ? {} : { answers }) },
    0,
  );
  if (message.role !== 'tool') {
    await unit.events.append(
      'message.final',
      {
        conversation_id,
        message_id: message.id,
        role: message.role,
        content: messageText(message.parts),
        turn_id: turnId,
        ...(requestedBy === undefined ? {} : { requested_by: requestedBy }),
        ...(streamed === undefined ? {} : { streamed }),
      },
      conversationScope(conversation.key),
    );
  }
  return {
    ...conversation,
    next_message: seq + 1,
    summary: { ...conversation.summary, message_count: message_count + 1, last_message: previewOf(message) },
  };
}
