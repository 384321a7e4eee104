import * as z from 'zod/mini';
import { defineCast } from '../define/cast.ts';
import { ProtocolError } from '../protocol-error.ts';
import { Metadata, Text } from '../schemas/common.ts';
import { type Part, UIMessage } from '../schemas/message.ts';

const SendAt2 = z.object({
  conversation_id: Text,
  message_id: z.optional(Text),
  messages: z.optional(z.array(UIMessage)),
  trigger: z.enum(['submit-message', 'regenerate-message']),
  headers: z.optional(Metadata),
  body: z.optional(Metadata),
  metadata: z.optional(Metadata),
});

const StreamAt2 = z.object({ stream_id: Text });

interface SendAt3 {
  readonly conversation_id: string;
  readonly content: readonly Part[];
  readonly message_id?: string;
  readonly regenerate?: boolean;
  readonly metadata?: Record<string, unknown>;
}

/** Conversations between revisions 2 and 3: UI messages in, the turn's id as the stream's id out. */
export const conversationCast = /* @__PURE__ */ defineCast({
  from: 2,
  to: 3,
  requests: {
    'conversation.send': {
      payload: { schema: SendAt2, up: sendUp },
      result: {
        schema: StreamAt2,
        down: (result: { turn_id: string }): z.input<typeof StreamAt2> => ({ stream_id: result.turn_id }),
      },
    },
  },
});

function sendUp(payload: z.output<typeof SendAt2>): SendAt3 {
  const rest = {
    conversation_id: payload.conversation_id,
    ...(payload.metadata === undefined ? {} : { metadata: payload.metadata }),
  };
  if (payload.trigger === 'regenerate-message') return { ...rest, content: [], regenerate: true };
  const last = payload.messages?.findLast((message) => message.role === 'user');
  if (last === undefined) {
    throw new ProtocolError('contract_error', 'conversation.send: messages must contain a user message', {
      details: { issues: [{ path: ['payload', 'messages'], message: 'expected at least one message of role user' }] },
    });
  }
  return { ...rest, content: last.parts, message_id: payload.message_id ?? last.id };
}
