import * as z from 'zod/mini';
import { defineRequest } from '../define/operation.ts';

export const ping = defineRequest({
  type: 'ping',
  summary: 'Asks whether the other side is there.',
  direction: 'both',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'read',
  servedBy: 'engine',
  since: 2,
  payload: z.object({}),
  example: { payload: {} },
});
