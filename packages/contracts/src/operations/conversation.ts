import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { limit, Metadata, PageCursor, Text } from '../schemas/common.ts';
import { Conversation, ConversationSummary, QueueMode } from '../schemas/conversation.ts';
import { Part } from '../schemas/message.ts';
import { EXAMPLE, exampleConversation, exampleMessage } from '../values/example.ts';

const read = { direction: 'to_gateway', roles: ['client'], scopes: ['operator.read'], effect: 'read' } as const;
const write = { direction: 'to_gateway', roles: ['client'], scopes: ['operator.write'], effect: 'once' } as const;

export const conversationList = defineRequest({
  type: 'conversation.list',
  summary: 'Lists conversations, the most recently updated first.',
  ...read,
  since: 2,
  payload: z.object({
    agent_key: z.optional(Text),
    channel: z.optional(Text),
    limit: limit(200),
    cursor: z.optional(PageCursor),
    archived: z
      .optional(z.boolean())
      .apply(meta, { description: 'Only archived ones, or only the others. Absent: the others.' }),
  }),
  result: z.object({ conversations: z.array(ConversationSummary), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: { limit: 20 }, result: { conversations: [exampleConversation] } },
});

export const conversationGet = defineRequest({
  type: 'conversation.get',
  summary: 'Reads a conversation with its newest messages, or with those before a given place.',
  ...read,
  since: 2,
  payload: z.object({
    conversation_id: Text,
    before: z.optional(PageCursor).apply(meta, {
      'x-since': 3,
      description: 'As `messages_before` said it: the page of messages before that place.',
    }),
    limit: limit(500).apply(meta, {
      'x-since': 3,
      description: 'How many messages at the most; 500 is the bound. At revision 2: all.',
    }),
  }),
  result: z.object({ conversation: Conversation }),
  errors: ['not_found'],
  example: {
    payload: { conversation_id: 'conv_1' },
    result: { conversation: { ...exampleConversation, queue_mode: 'followup', messages: [exampleMessage] } },
  },
});

export const conversationCreate = defineRequest({
  type: 'conversation.create',
  summary: 'Creates a conversation.',
  ...write,
  since: 2,
  payload: z.object({
    agent_key: z
      .optional(Text.check(z.maxLength(128)))
      .apply(meta, { description: 'Which agent answers; `default` when absent.' }),
    channel: z
      .optional(Text.check(z.maxLength(128)))
      .apply(meta, { description: 'Where it takes place; `api` when absent.' }),
    title: z.optional(z.string().check(z.maxLength(512))).apply(meta, { 'x-since': 3, description: 'Shown in lists.' }),
  }),
  result: z.object({ conversation: Conversation }),
  example: {
    payload: {},
    result: {
      conversation: {
        ...exampleConversation,
        message_count: 0,
        last_message: null,
        queue_mode: 'followup',
        messages: [],
      },
    },
  },
});

export const conversationSend = defineRequest({
  type: 'conversation.send',
  summary: 'Says something in a conversation; a turn answers it.',
  ...write,
  since: 2,
  payload: z.object({
    conversation_id: Text,
    content: z
      .array(Part)
      .check(z.maxLength(1000))
      .apply(meta, { description: 'What the user says. Empty only with `regenerate`.' }),
    message_id: z
      .optional(Text.check(z.maxLength(128)))
      .apply(meta, { description: 'Identity of the message; the gateway makes one when absent.' }),
    regenerate: z
      .optional(z.boolean())
      .apply(meta, { description: 'Answer the last user message once more instead of adding one.' }),
    metadata: z.optional(Metadata),
  }),
  result: z.object({ message_id: Text, turn_id: z.uuid().apply(meta, { description: 'The turn that answers.' }) }),
  errors: ['not_found', 'invalid_state', 'conflict'],
  example: {
    payload: { conversation_id: 'conv_1', content: [{ type: 'text', text: 'hello' }] },
    result: { message_id: 'msg_1', turn_id: EXAMPLE.uuid },
  },
});

export const conversationReconnect = defineRequest({
  type: 'conversation.reconnect',
  summary: 'Finds the stream of the turn that runs in a conversation; from revision 3 on, resume replaces it.',
  ...read,
  since: 2,
  until: 2,
  payload: z.object({
    conversation_id: Text,
    headers: z.optional(Metadata),
    body: z.optional(Metadata),
    metadata: z.optional(Metadata),
  }),
  result: z.nullable(z.object({ stream_id: Text })),
  errors: ['not_found'],
  example: { payload: { conversation_id: 'conv_1' }, result: { stream_id: EXAMPLE.uuid } },
});

export const conversationArchive = defineRequest({
  type: 'conversation.archive',
  summary: 'Archives a conversation, or brings it back.',
  ...write,
  since: 2,
  payload: z.object({ conversation_id: Text, archived: z.boolean() }),
  result: z.object({ conversation_id: Text, archived: z.boolean() }),
  errors: ['not_found'],
  example: {
    payload: { conversation_id: 'conv_1', archived: true },
    result: { conversation_id: 'conv_1', archived: true },
  },
});

export const conversationDelete = defineRequest({
  type: 'conversation.delete',
  summary: 'Deletes a conversation with its messages; its running turn is cancelled.',
  ...write,
  since: 2,
  payload: z.object({ conversation_id: Text }),
  result: z.object({ conversation_id: Text }),
  errors: ['not_found'],
  example: { payload: { conversation_id: 'conv_1' }, result: { conversation_id: 'conv_1' } },
});

export const conversationQueueModeSet = defineRequest({
  type: 'conversation.queue_mode.set',
  summary: 'Sets what a message does that arrives while a turn runs.',
  ...write,
  since: 2,
  payload: z.object({ conversation_id: Text, queue_mode: QueueMode }),
  result: z.object({ conversation_id: Text, queue_mode: QueueMode }),
  errors: ['not_found'],
  example: {
    payload: { conversation_id: 'conv_1', queue_mode: 'interrupt' },
    result: { conversation_id: 'conv_1', queue_mode: 'interrupt' },
  },
});
