import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { Cursor, Text } from '../schemas/common.ts';
import { EventScope } from '../schemas/event-scope.ts';
import { EXAMPLE } from '../values/example.ts';

const own = {
  direction: 'to_gateway',
  roles: ['client', 'node'],
  scopes: [],
  effect: 'read',
  servedBy: 'engine',
  since: 3,
} as const;

export const eventsSubscribe = defineRequest({
  type: 'events.subscribe',
  summary: 'Narrows which events this connection is sent; it never widens.',
  ...own,
  payload: z.object({
    types: z
      .optional(z.array(Text).check(z.maxLength(256)))
      .apply(meta, { description: 'Only these event types. Absent: all.' }),
    scopes: z
      .optional(z.array(EventScope).check(z.maxLength(256)))
      .apply(meta, { description: 'Only events of one of these scopes. Absent: all.' }),
  }),
  example: { payload: { types: ['turn.completed'] } },
});

export const eventsAck = defineRequest({
  type: 'events.ack',
  summary: 'Tells up to where the events have been processed: it is credit, and the place where `acked` resumes.',
  ...own,
  payload: z.object({ cursor: Cursor }),
  example: { payload: { cursor: EXAMPLE.cursor } },
});
