import type { QueueMode, UIMessage } from '@tyrum/contracts';
import { findConversation, messageDocumentId, messages } from '../conversations/conversation-records.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import type { TurnLane } from './turn-lane.ts';
import { MOST_ANSWERED, type TurnRecord, turns } from './turn-records.ts';

/**
 * Has a turn that runs take in what waits behind it, as the queue mode of the conversation says, and answer that too. The turns
 * that were queued for it end in the same transaction: each message is one turn's to answer, also across a crash.
 *
 * Resolves with the messages, oldest first; with none in any other mode, and where none waits.
 */
export async function takeIn(unit: TenantUnit, lane: TurnLane, record: TurnRecord): Promise<readonly UIMessage[]> {
  const { tx, tenant } = unit;
  const { conversation_id } = record;
  const { turn_id } = record.turn;
  const conversation = await findConversation(tx, tenant, conversation_id);
  if (conversation === undefined || !mayTakeIn(conversation.queue_mode)) return [];
  const answers = [...record.answers];
  const taken: UIMessage[] = [];
  for (const waiting of await lane.queued(tx, tenant, conversation_id)) {
    if (!isFor(waiting, turn_id, conversation.queue_mode)) continue;
    if (answers.length + waiting.answers.length > MOST_ANSWERED) break;
    await lane.end(unit, waiting, {
      status: 'cancelled',
      reason: `turn ${turn_id} took in what it would have answered`,
    });
    answers.push(...waiting.answers);
    for (const id of waiting.answers) {
      const at = messageDocumentId(conversation_id, id);
      const stored = (await tx.documents.get(tenant, messages, at))?.value;
      if (stored === undefined) continue;
      await tx.documents.put(tenant, messages, at, { ...stored, turn_seq: record.seq });
      taken.push(stored.message);
    }
  }
  if (taken.length > 0) await tx.documents.put(tenant, turns, turn_id, { ...record, answers });
  return taken;
}

function mayTakeIn(mode: QueueMode): boolean {
  return mode === 'steer' || mode === 'steer_backlog';
}

/** What was said while the turn ran is for it; what had waited before, only with the backlog. */
function isFor({ trigger_kind, sent_during }: TurnRecord, turnId: string, mode: QueueMode): boolean {
  return trigger_kind === 'message' && (mode === 'steer_backlog' || sent_during === turnId);
}
