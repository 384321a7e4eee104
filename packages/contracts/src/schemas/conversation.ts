import * as z from 'zod';
import { Text, Timestamp } from './common.ts';
import { MessageRole, UIMessage } from './message.ts';

export const QueueMode = z
  .enum(['collect', 'followup', 'steer', 'steer_backlog', 'interrupt'])
  .meta({ id: 'QueueMode', description: 'What a message does that arrives while a turn runs.' });
export type QueueMode = z.infer<typeof QueueMode>;

export const ConversationKey = z
  .string()
  .regex(
    /^(agent:[^:]+:main|agent:[^:]+:[^:]+:dm:[^:]+|agent:[^:]+:[^:]+:[^:]+:(group|channel):[^:]+|cron:[^:]+|hook:[0-9a-f-]{36}|node:[^:]+)$/,
  )
  .max(512)
  .meta({
    id: 'ConversationKey',
    description: 'Where a conversation lives: its agent, channel, account and container.',
  });

export const ConversationSummary = z
  .object({
    conversation_id: Text,
    agent_key: Text,
    channel: Text,
    account_key: Text.optional(),
    thread_id: Text,
    container_kind: z.enum(['dm', 'group', 'channel']).optional(),
    title: z.string().default('').meta({ description: 'Shown in lists; empty until something names it.' }),
    message_count: z.int().min(0),
    created_at: Timestamp,
    updated_at: Timestamp,
    last_message: z
      .object({ role: MessageRole, text: z.string() })
      .nullable()
      .optional()
      .meta({ description: '`null`: there is none yet. Absent: not told.' }),
    archived: z.boolean().default(false),
  })
  .meta({ id: 'ConversationSummary', description: 'One conversation as lists show it.' });
export interface ConversationSummary extends z.infer<typeof ConversationSummary> {}

export const Conversation = z
  .object({
    ...ConversationSummary.shape,
    queue_mode: QueueMode,
    messages: z.array(UIMessage).meta({ description: 'Oldest first.' }),
    messages_before: z.string().min(1).max(512).nullable().optional().meta({
      'x-since': 3,
      description: 'Pass it as `before` for the page of older messages; `null` when there are none.',
    }),
  })
  .meta({ id: 'Conversation', description: 'A conversation with its messages.' });
export interface Conversation extends z.infer<typeof Conversation> {}
