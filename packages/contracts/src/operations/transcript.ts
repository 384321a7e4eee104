import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { limit, PageCursor, Text } from '../schemas/common.ts';
import { ConversationSummary } from '../schemas/conversation.ts';
import { UIMessage } from '../schemas/message.ts';
import { exampleConversation, exampleMessage } from '../values/example.ts';

const read = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 2,
} as const;

export const transcriptList = defineRequest({
  type: 'transcript.list',
  summary: 'Lists the conversations whose transcript can be read, the most recently updated first.',
  ...read,
  payload: z.object({
    agent_key: z.optional(Text),
    channel: z.optional(Text),
    archived: z
      .optional(z.boolean())
      .apply(meta, { description: 'Only archived ones, or only the others. Absent: both.' }),
    active_only: z.optional(z.boolean()).apply(meta, {
      description:
        'Only those with a turn that runs or waits, the one with the newest such turn first; a page may then be short and still have a next one.',
    }),
    limit: limit(200),
    cursor: z.optional(PageCursor),
  }),
  result: z.object({ conversations: z.array(ConversationSummary), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { conversations: [exampleConversation] } },
});

export const transcriptGet = defineRequest({
  type: 'transcript.get',
  summary: 'Reads what was said under a conversation key.',
  ...read,
  payload: z.object({
    conversation_key: Text,
    before: z.optional(PageCursor).apply(meta, {
      'x-since': 3,
      description: 'As `messages_before` said it: the page of messages before that place.',
    }),
    limit: limit(500).apply(meta, {
      'x-since': 3,
      description: 'How many messages at the most; 500 is the bound. At revision 2: all.',
    }),
  }),
  result: z.object({
    conversation: ConversationSummary,
    messages: z.array(UIMessage),
    messages_before: z.optional(z.nullable(z.string())).apply(meta, {
      'x-since': 3,
      description: 'Pass it as `before` for the page of older messages; `null` when there are none.',
    }),
  }),
  errors: ['not_found'],
  example: {
    payload: { conversation_key: 'agent:default:main' },
    result: { conversation: exampleConversation, messages: [exampleMessage] },
  },
});
