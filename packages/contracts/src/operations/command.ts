import * as z from 'zod/mini';
import { defineRequest } from '../define/operation.ts';
import { Json, Text } from '../schemas/common.ts';

export const commandExecute = defineRequest({
  type: 'command.execute',
  summary: "Runs a command of the product; without the product's handler it is `unsupported_operation`.",
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.admin'],
  effect: 'once',
  servedBy: 'product',
  since: 2,
  payload: z.object({
    command: Text.check(z.maxLength(4096)),
    agent_id: z.optional(z.uuid()),
    channel: z.optional(Text),
    thread_id: z.optional(Text),
    conversation_key: z.optional(Text),
  }),
  result: z.object({ output: z.string(), data: z.optional(Json) }),
  example: { payload: { command: '/status' }, result: { output: 'ok' } },
});
