import type { ConversationSummary } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import { type ConversationFilter, findConversation } from '../conversations/conversation-records.ts';
import { newestPage } from '../paging/newest-page.ts';
import { encodePageCursor } from '../paging/page-cursor.ts';
import { conversationTurnList, type TurnRecord, turnList, UNFINISHED } from '../turns/turn-records.ts';

export interface ActivePage {
  readonly summaries: readonly ConversationSummary[];
  /** `null` on the last page. */
  readonly next: string | null;
}

/** Most turns that one page looks at: a filter that few fit gets shorter pages, not slower ones. */
const MOST_TURNS = 500;

/**
 * The conversations with a turn that runs or waits, the one with the newest such turn first. It reads turns that have not
 * ended and nothing of the conversations that rest, and shows each conversation at the newest of its turns.
 */
export async function activePage(
  tx: Transaction,
  tenant: string,
  filter: ConversationFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
): Promise<ActivePage> {
  const prefixes = UNFINISHED.map((status) => [status]);
  const summaries: ConversationSummary[] = [];
  let looked = 0;
  let from = cursor;
  for (;;) {
    const page = await newestPage(tx.documents, tenant, turnList, { prefixes, limit, cursor: from });
    for (const [at, record] of page.values.entries()) {
      looked += 1;
      const summary = await shownAt(tx, tenant, record);
      if (summary !== undefined && fits(summary, filter)) summaries.push(summary);
      if (summaries.length < limit && looked < MOST_TURNS) continue;
      const isLast = page.next === null && at === page.values.length - 1;
      return { summaries, next: isLast ? null : encodePageCursor(turnList.name, turnList.place(record)) };
    }
    if (page.next === null) return { summaries, next: null };
    from = page.next;
  }
}

/** The conversation of a turn, if this turn is the newest of those that have not ended in it. */
async function shownAt(
  tx: Transaction,
  tenant: string,
  { turn, conversation_id }: TurnRecord,
): Promise<ConversationSummary | undefined> {
  const request = { prefixes: UNFINISHED.map((status) => [conversation_id, status]), limit: 1, cursor: undefined };
  const { values } = await newestPage(tx.documents, tenant, conversationTurnList, request);
  if (values[0]?.turn.turn_id !== turn.turn_id) return undefined;
  return (await findConversation(tx, tenant, conversation_id))?.summary;
}

function fits(summary: ConversationSummary, { agent_key, channel, archived }: ConversationFilter): boolean {
  return (
    (agent_key === undefined || summary.agent_key === agent_key) &&
    (channel === undefined || summary.channel === channel) &&
    (archived === undefined || summary.archived === archived)
  );
}
