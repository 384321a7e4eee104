import type { Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import { conversationIdIn } from '../conversations/conversation-key.ts';
import { conversationList, filterOf, findConversation, messageList } from '../conversations/conversation-records.ts';
import { newestPage } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { activePage } from './active-page.ts';

type TranscriptHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `transcript.${string}`>>;

const DEFAULT_PAGE = 50;
const MOST_MESSAGES = 500;

/** What was said, found by the keys that places have instead of by the ids of conversations. */
export function transcriptHandlers(): TranscriptHandlers {
  return {
    async 'transcript.list'({ active_only, limit = DEFAULT_PAGE, cursor, ...filter }, { tx, caller }) {
      if (active_only === true) {
        const { summaries, next } = await activePage(tx, caller.tenant, filter, { limit, cursor });
        return { conversations: [...summaries], next_cursor: next };
      }
      const { index, parts } = filterOf(filter);
      const standing = filter.archived === undefined ? ['open', 'archived'] : [filter.archived ? 'archived' : 'open'];
      const request = { prefixes: standing.map((one) => [one, ...parts]), limit, cursor };
      const { values, next } = await newestPage(tx.documents, caller.tenant, conversationList(index), request);
      return { conversations: values.map(({ summary }) => summary), next_cursor: next };
    },

    async 'transcript.get'({ conversation_key, before, limit = MOST_MESSAGES }, { tx, caller }) {
      const id = conversationIdIn(conversation_key);
      const record = id === undefined ? undefined : await findConversation(tx, caller.tenant, id);
      if (record?.key !== conversation_key) throw notFound('conversation', conversation_key);
      const { conversation_id } = record.summary;
      const request = { prefixes: [[conversation_id]], limit, cursor: before, field: 'before' };
      const { values, next } = await newestPage(tx.documents, caller.tenant, messageList(conversation_id), request);
      return {
        conversation: record.summary,
        messages: values.map(({ message }) => message).reverse(),
        messages_before: next,
      };
    },
  };
}
