import * as z from 'zod';
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
    command: Text.max(4096),
    agent_id: z.uuid().optional(),
    channel: Text.optional(),
    thread_id: Text.optional(),
    conversation_key: Text.optional(),
  }),
  result: z.object({ output: z.string(), data: Json.optional() }),
  example: { payload: { command: '/status' }, result: { output: 'ok' } },
});
