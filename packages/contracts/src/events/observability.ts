import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineEvent } from '../define/operation.ts';
import { Json, Metadata, Text } from '../schemas/common.ts';
import { EventScope } from '../schemas/event-scope.ts';
import { EXAMPLE } from '../values/example.ts';

const readers = { audience: { roles: ['client'], scopes: ['operator.read'] }, kept: 'durable', since: 2 } as const;
const admins = { audience: { roles: ['client'], scopes: ['operator.admin'] }, kept: 'durable', since: 2 } as const;

export const toolLifecycle = defineEvent({
  type: 'tool.lifecycle',
  summary: 'A tool call of a turn moved on.',
  ...readers,
  payload: z.object({
    conversation_id: Text,
    thread_id: Text,
    tool_call_id: Text,
    tool_id: Text,
    status: Text,
    summary: z.string(),
    duration_ms: z.optional(z.int().check(z.gte(0))),
    error: z.optional(z.string()),
    turn_id: z.optional(z.uuid()),
    agent_id: z.optional(z.uuid()),
    workspace_id: z.optional(z.uuid()),
    channel: z.optional(Text),
  }),
  example: {
    payload: {
      conversation_id: 'conv_1',
      thread_id: 'conv_1',
      tool_call_id: 'call_1',
      tool_id: 'shell',
      status: 'running',
      summary: 'uptime',
    },
  },
});

export const deliveryReceipt = defineEvent({
  type: 'delivery.receipt',
  summary: 'A message reached its outside channel, or did not.',
  ...readers,
  payload: z.object({
    conversation_id: Text,
    channel: Text,
    thread_id: Text,
    status: z.optional(z.enum(['sent', 'failed'])),
    receipt: z.optional(Json),
    error: z.optional(z.object({ code: Text, message: z.string() })),
  }),
  example: { payload: { conversation_id: 'conv_1', channel: 'mail', thread_id: 'conv_1', status: 'sent' } },
});

export const formattingFallback = defineEvent({
  type: 'formatting.fallback',
  summary: 'A message was shown more plainly than it was written.',
  ...readers,
  payload: z.object({ conversation_id: Text, message_id: Text, reason: z.string() }),
  example: { payload: { conversation_id: 'conv_1', message_id: 'msg_1', reason: 'the channel has no tables' } },
});

const Totals = z
  .object({
    duration_ms: z.int().check(z.gte(0)),
    input_tokens: z.int().check(z.gte(0)),
    output_tokens: z.int().check(z.gte(0)),
    total_tokens: z.int().check(z.gte(0)),
    usd_micros: z.int().check(z.gte(0)),
  })
  .apply(meta, { id: 'UsageTotals', description: 'What was spent.' });

export const usageSnapshot = defineEvent({
  type: 'usage.snapshot',
  summary: 'What has been spent so far.',
  ...readers,
  payload: z.object({ scope: EventScope, local: z.object({ totals: Totals }), provider: z.nullable(Json) }),
  example: {
    payload: {
      scope: { kind: 'global' },
      local: { totals: { duration_ms: 1200, input_tokens: 10, output_tokens: 20, total_tokens: 30, usd_micros: 40 } },
      provider: null,
    },
  },
});

export const contextReportCreated = defineEvent({
  type: 'context_report.created',
  summary: 'What a turn was given to work with.',
  ...readers,
  payload: z.object({ turn_id: z.uuid(), report: Json }),
  example: { payload: { turn_id: EXAMPLE.uuid, report: { files: 3 } } },
});

export const authFailed = defineEvent({
  type: 'auth.failed',
  summary: 'Somebody came without a valid token.',
  ...admins,
  payload: z.object({
    surface: Text,
    reason: Text,
    transport: Text,
    client_ip: z.optional(Text),
    user_agent: z.optional(z.string()),
    request_id: z.optional(Text),
  }),
  example: { payload: { surface: 'ws.upgrade', reason: 'unknown_token', transport: 'websocket' } },
});

export const authzDenied = defineEvent({
  type: 'authz.denied',
  summary: 'Somebody asked for what the token does not allow.',
  ...admins,
  payload: z.object({
    surface: Text,
    reason: Text,
    token: Metadata.apply(meta, { description: 'What the token says of its bearer, never the token.' }),
    required_scopes: z.array(Text),
    request_type: z.optional(Text),
    request_id: z.optional(Text),
    client_id: z.optional(Text),
  }),
  example: {
    payload: { surface: 'ws', reason: 'scope', token: { token_id: 'tok_1' }, required_scopes: ['operator.admin'] },
  },
});
