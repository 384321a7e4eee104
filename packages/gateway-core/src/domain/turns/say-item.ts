import { type Part, ProtocolError, type Random, randomUuid, type TurnItem, type UIMessage } from '@tyrum/contracts';
import { appendMessage } from '../conversations/append-message.ts';
import { conversationScope, findConversation, saveConversation } from '../conversations/conversation-records.ts';
import { jsonBytes, MOST_SAID_BYTES } from '../json-size.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { itemDocumentId, type TurnRecord, turnItems, turns } from './turn-records.ts';

/** Most things that one turn says. */
const MOST_ITEMS = 1000;

export interface Saying {
  readonly key: string;
  readonly messageId: string;
  readonly parts: readonly Part[];
  /** How much of its text was streamed before, in UTF-16 code units. */
  readonly streamed: number;
}

/**
 * Says something in a running turn: item, message, events and conversation in one transaction. A key that was said before
 * changes nothing and gives what was said first.
 *
 * @throws {ProtocolError} `cancelled` when the conversation is gone; `overloaded` when the turn has said too much for a frame
 */
export async function sayItem(
  unit: TenantUnit,
  random: Random,
  record: TurnRecord,
  saying: Saying,
): Promise<UIMessage> {
  const { tx, tenant, events } = unit;
  const { turn_id } = record.turn;
  const earlier = await tx.documents.get(tenant, turnItems, itemDocumentId(turn_id, saying.key));
  if (earlier !== undefined) return earlier.value.payload.message;
  const conversation = await findConversation(tx, tenant, record.conversation_id);
  if (conversation === undefined) throw new ProtocolError('cancelled', 'the conversation was deleted');

  const message: UIMessage = { id: saying.messageId, role: 'assistant', parts: [...saying.parts] };
  const saidBytes = record.said_bytes + jsonBytes(message);
  if (saidBytes > MOST_SAID_BYTES || record.items >= MOST_ITEMS) {
    throw new ProtocolError(
      'overloaded',
      `one turn says at most ${MOST_ITEMS} things and ${MOST_SAID_BYTES} bytes of JSON`,
    );
  }
  const item: TurnItem = {
    turn_item_id: randomUuid(random),
    turn_id,
    item_index: record.items,
    item_key: saying.key,
    created_at: wireTime(unit.now),
    kind: 'message',
    payload: { message },
  };
  await tx.documents.put(tenant, turnItems, itemDocumentId(turn_id, saying.key), item, 0);
  await tx.documents.put(tenant, turns, turn_id, { ...record, items: record.items + 1, said_bytes: saidBytes });
  await events.append('turn.item.created', { turn_item: item }, conversationScope(conversation.key));
  const answers = record.answers.at(-1);
  const said = await appendMessage(unit, conversation, {
    message,
    turnSeq: record.seq,
    turnId: turn_id,
    requestedBy: record.requested_by,
    streamed: saying.streamed,
    ...(answers === undefined ? {} : { answers }),
  });
  await saveConversation(unit, said);
  return message;
}
