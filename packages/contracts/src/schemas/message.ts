import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Metadata, Text } from './common.ts';

export const MessageRole = z
  .enum(['system', 'user', 'assistant', 'tool'])
  .apply(meta, { id: 'MessageRole', description: 'Who speaks.' });

export const Part = z
  .looseObject({
    type: Text.apply(meta, {
      description: '`text`, `reasoning`, `file`, or the name of a tool part; what follows depends on it.',
    }),
  })
  .apply(meta, { id: 'Part', description: 'One part of a message; open, because products add parts of their own.' });
export interface Part extends z.infer<typeof Part> {}

export const UIMessage = z
  .object({
    id: Text.apply(meta, { description: 'Identity of the message in its conversation.' }),
    role: MessageRole,
    parts: z.array(Part).apply(meta, { description: 'What it says, in order.' }),
    metadata: z.optional(Metadata),
  })
  .apply(meta, { id: 'UIMessage', description: 'One message of a conversation.' });
export interface UIMessage extends z.infer<typeof UIMessage> {}
