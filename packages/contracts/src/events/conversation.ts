import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Text } from '../schemas/common.ts';
import { ConversationSummary } from '../schemas/conversation.ts';
import { exampleConversation } from '../values/example.ts';

const shared = { audience: { roles: ['client'], scopes: ['operator.read'] }, kept: 'durable', since: 3 } as const;
const summary = {
  payload: z.object({ conversation: ConversationSummary }),
  example: { payload: { conversation: exampleConversation } },
};

export const conversationCreated = defineEvent({
  type: 'conversation.created',
  summary: 'A conversation came to be.',
  ...shared,
  ...summary,
});

export const conversationUpdated = defineEvent({
  type: 'conversation.updated',
  summary: 'Something about a conversation changed.',
  ...shared,
  ...summary,
});

export const conversationDeleted = defineEvent({
  type: 'conversation.deleted',
  summary: 'A conversation is gone, with its messages.',
  ...shared,
  payload: z.object({ conversation_id: Text }),
  example: { payload: { conversation_id: 'conv_1' } },
});
