import type { Alarms } from '../alarms/alarms.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { itemDocumentId, TURN_STATUSES, turnItems, turns } from '../turns/turn-records.ts';
import { messageDocumentId, messages } from './conversation-records.ts';

/** Removes what a deleted conversation leaves behind, a little at a time: a request does not wait for a long history. */
export interface ConversationSweep {
  begin(unit: TenantUnit, conversationId: string): Promise<void>;
}

const SWEEP = 'conversation.sweep';
const BATCH = 100;

export function createConversationSweep(alarms: Alarms): ConversationSweep {
  const begin = (unit: TenantUnit, conversationId: string) => alarms.set(unit, SWEEP, conversationId, unit.now);

  alarms.on(SWEEP, async (unit, conversationId) => {
    const removed = (await removeMessages(unit, conversationId)) + (await removeTurns(unit, conversationId));
    if (removed > 0) await begin(unit, conversationId);
  });

  return { begin };
}

async function removeMessages({ tx, tenant }: TenantUnit, conversationId: string): Promise<number> {
  const { items } = await tx.documents.list(tenant, messages, {
    index: 'order',
    prefix: [conversationId],
    limit: BATCH,
  });
  for (const { value } of items) {
    await tx.documents.delete(tenant, messages, messageDocumentId(conversationId, value.message.id));
  }
  return items.length;
}

/** The turns themselves go last, because what they said is found through them. */
async function removeTurns({ tx, tenant }: TenantUnit, conversationId: string): Promise<number> {
  for (const status of TURN_STATUSES) {
    const query = { index: 'conversation', prefix: [conversationId, status], limit: 1 };
    const turn = (await tx.documents.list(tenant, turns, query)).items[0]?.value.turn;
    if (turn === undefined) continue;
    const { items } = await tx.documents.list(tenant, turnItems, {
      index: 'turn',
      prefix: [turn.turn_id],
      limit: BATCH,
    });
    for (const { value } of items)
      await tx.documents.delete(tenant, turnItems, itemDocumentId(turn.turn_id, value.item_key));
    if (items.length < BATCH) await tx.documents.delete(tenant, turns, turn.turn_id);
    return 1;
  }
  return 0;
}
