import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Text } from './common.ts';

export const EventScope = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('global') }),
    z.object({ kind: z.literal('agent'), agent_id: Text }),
    z.object({ kind: z.literal('conversation'), conversation_key: Text }),
    z.object({ kind: z.literal('turn'), turn_id: Text }),
    z.object({ kind: z.literal('node'), node_id: Text }),
    z.object({ kind: z.literal('client'), client_id: Text }),
  ])
  .apply(meta, {
    id: 'EventScope',
    description: 'What an event is about; `node` and `client` also say whom alone it goes to.',
  });
export type EventScope = z.infer<typeof EventScope>;
