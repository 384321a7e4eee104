import { defineEvent } from '@tyrum/contracts';
import * as z from 'zod';

/** An event of an extension: only peers that agreed on the extension are sent it. */
export const extraChanged = defineEvent({
  type: 'extra.changed',
  summary: 'For those who know the extension.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ token: z.string().min(1) }),
  example: { payload: { token: 't1' } },
});
