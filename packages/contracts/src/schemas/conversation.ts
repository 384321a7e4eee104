import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Text, Timestamp } from './common.ts';
import { MessageRole, UIMessage } from './message.ts';

export const QueueMode = z
  .enum(['collect', 'followup', 'steer', 'steer_backlog', 'interrupt'])
  .apply(meta, { id: 'QueueMode', description: 'What a message does that arrives while a turn runs.' });
export type QueueMode = z.infer<typeof QueueMode>;

export const ConversationKey = z
  .string()
  .check(
    z.regex(
      /^(agent:[^:]+:main|agent:[^:]+:[^:]+:dm:[^:]+|agent:[^:]+:[^:]+:[^:]+:(group|channel):[^:]+|cron:[^:]+|hook:[0-9a-f-]{36}|node:[^:]+)$/,
    ),
    z.maxLength(512),
  )
  .apply(meta, {
    id: 'ConversationKey',
    description: 'Where a conversation lives: its agent, channel, account and container.',
  });

export const ConversationSummary = z
  .object({
    conversation_id: Text,
    agent_key: Text,
    channel: Text,
    account_key: z.optional(Text),
    thread_id: Text,
    container_kind: z.optional(z.enum(['dm', 'group', 'channel'])),
    title: z._default(z.string(), '').apply(meta, { description: 'Shown in lists; empty until something names it.' }),
    message_count: z.int().check(z.gte(0)),
    created_at: Timestamp,
    updated_at: Timestamp,
    last_message: z
      .optional(z.nullable(z.object({ role: MessageRole, text: z.string() })))
      .apply(meta, { description: '`null`: there is none yet. Absent: not told.' }),
    archived: z._default(z.boolean(), false),
  })
  .apply(meta, { id: 'ConversationSummary', description: 'One conversation as lists show it.' });
export interface ConversationSummary extends z.infer<typeof ConversationSummary> {}

export const Conversation = z
  .object({
    ...ConversationSummary.shape,
    queue_mode: QueueMode,
    messages: z.array(UIMessage).apply(meta, { description: 'Oldest first.' }),
    messages_before: z.optional(z.nullable(z.string().check(z.minLength(1), z.maxLength(512)))).apply(meta, {
      'x-since': 3,
      description: 'Pass it as `before` for the page of older messages; `null` when there are none.',
    }),
  })
  .apply(meta, { id: 'Conversation', description: 'A conversation with its messages.' });
export interface Conversation extends z.infer<typeof Conversation> {}
