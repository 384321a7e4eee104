import type { UIMessage } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import { type MessageRecord, messageDocumentId, messages } from '../conversations/conversation-records.ts';
import { type TurnRecord, turnItems } from './turn-records.ts';

/**
 * What a turn answers: what was said before it, oldest first, then its own user messages.
 *
 * A message that waits for a later turn is not in it although it may be older than the answers that are; neither are earlier
 * answers to the message that is answered once more, nor what this turn said before a crash.
 *
 * @param most how many messages before its own at the most, the newest ones
 */
export async function historyOf(
  tx: Transaction,
  tenant: string,
  { conversation_id, seq, answers }: TurnRecord,
  most: number,
): Promise<readonly UIMessage[]> {
  const before: UIMessage[] = [];
  let after: string | undefined;
  do {
    const page = await tx.documents.list(tenant, messages, {
      index: 'order',
      prefix: [conversation_id],
      order: 'descending',
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    for (const { value } of page.items) if (isBefore(value)) before.push(value.message);
    after = page.next;
  } while (after !== undefined && before.length < most);

  const own: UIMessage[] = [];
  for (const id of answers) {
    const stored = await tx.documents.get(tenant, messages, messageDocumentId(conversation_id, id));
    if (stored !== undefined) own.push(stored.value.message);
  }
  return [...before.slice(0, most).reverse(), ...own];

  function isBefore(record: MessageRecord): boolean {
    if (record.turn_seq >= seq || answers.includes(record.message.id)) return false;
    return record.answers === undefined || !answers.includes(record.answers);
  }
}

/** What a turn has said so far, by key. */
export async function saidBy(tx: Transaction, tenant: string, turnId: string): Promise<Map<string, UIMessage>> {
  const said = new Map<string, UIMessage>();
  let after: string | undefined;
  do {
    const query = { index: 'turn', prefix: [turnId], limit: 100, ...(after === undefined ? {} : { after }) };
    const page = await tx.documents.list(tenant, turnItems, query);
    for (const { value } of page.items) said.set(value.item_key, value.payload.message);
    after = page.next;
  } while (after !== undefined);
  return said;
}
