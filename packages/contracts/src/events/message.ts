import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineEvent } from '../define/operation.ts';
import { Json, Text } from '../schemas/common.ts';
import { RequestedBy } from '../schemas/requested-by.ts';
import { EXAMPLE } from '../values/example.ts';

const shared = { audience: { roles: ['client'], scopes: ['operator.read'] }, since: 2 } as const;

const message = {
  conversation_id: Text,
  message_id: Text,
  role: z.enum(['assistant', 'user', 'system']),
  thread_id: z.optional(Text),
};
/** What tells a reader that makes one text of the pieces where they belong; a piece that was dropped is missed by it. */
const offset = z.optional(z.int().check(z.gte(0))).apply(meta, {
  'x-since': 3,
  description: 'How much the pieces before this one carried, in UTF-16 code units: 0 begins it.',
});
const streamed = z.optional(z.int().check(z.gte(0))).apply(meta, {
  'x-since': 3,
  description: 'How much of it pieces have carried before, in UTF-16 code units. Absent: none.',
});
const turnId = {
  turn_id: z.optional(z.uuid()).apply(meta, { 'x-since': 3, description: 'The turn that says it.' }),
  requested_by: RequestedBy,
};

export const chatUiMessageStream = defineEvent({
  type: 'chat.ui-message.stream',
  summary:
    'The answer to a message as its sender is streamed it; from revision 3 on, the message and reasoning events replace it.',
  ...shared,
  until: 2,
  kept: 'ephemeral',
  payload: z.discriminatedUnion('stage', [
    z.object({ stream_id: Text, stage: z.literal('chunk'), chunk: Json }),
    z.object({ stream_id: Text, stage: z.literal('error'), error: z.object({ message: z.string() }) }),
    z.object({ stream_id: Text, stage: z.literal('done') }),
  ]),
  example: {
    payload: { stream_id: EXAMPLE.uuid, stage: 'chunk', chunk: { type: 'text-delta', id: 'msg_1', delta: 'hel' } },
  },
});

export const messageDelta = defineEvent({
  type: 'message.delta',
  summary: 'A piece of a message while it is being written; `message.final` carries the whole.',
  ...shared,
  kept: 'ephemeral',
  payload: z.object({ ...message, delta: z.string(), offset, ...turnId }),
  example: { payload: { conversation_id: 'conv_1', message_id: 'msg_1', role: 'assistant', delta: 'hel' } },
});

export const messageFinal = defineEvent({
  type: 'message.final',
  summary: 'A message as it now stands in its conversation.',
  ...shared,
  kept: 'durable',
  payload: z.object({ ...message, content: z.string(), streamed, ...turnId }),
  example: { payload: { conversation_id: 'conv_1', message_id: 'msg_1', role: 'assistant', content: 'hello' } },
});

const reasoning = { conversation_id: Text, reasoning_id: Text, thread_id: z.optional(Text) };

export const reasoningDelta = defineEvent({
  type: 'reasoning.delta',
  summary: 'A piece of reasoning while it is being written.',
  ...shared,
  kept: 'ephemeral',
  payload: z.object({ ...reasoning, delta: z.string(), offset, ...turnId }),
  example: { payload: { conversation_id: 'conv_1', reasoning_id: 'rsn_1', delta: 'first' } },
});

export const reasoningFinal = defineEvent({
  type: 'reasoning.final',
  summary: 'A piece of reasoning, whole.',
  ...shared,
  kept: 'durable',
  payload: z.object({ ...reasoning, content: z.string(), streamed, ...turnId }),
  example: { payload: { conversation_id: 'conv_1', reasoning_id: 'rsn_1', content: 'first, then' } },
});

/** At least one of the two is there. */
const Typing = z.union([
  z.object({ conversation_id: Text, thread_id: z.optional(Text) }),
  z.object({ conversation_id: z.optional(Text), thread_id: Text }),
]);
const typing = {
  ...shared,
  kept: 'ephemeral',
  payload: Typing,
  example: { payload: { conversation_id: 'conv_1' } },
} as const;

export const typingStarted = defineEvent({
  type: 'typing.started',
  summary: 'The other side began to write.',
  ...typing,
});

export const typingStopped = defineEvent({
  type: 'typing.stopped',
  summary: 'The other side stopped writing.',
  ...typing,
});
