import { EventEmitter, on } from 'node:events';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { Note } from '../note.ts';
import { type StartServer, webSocketServer } from './bench-server.ts';

/** tRPC over WebSocket, its input judged by zod. @param subscribes whether every connection listens to what is published */
export function trpc({ subscribes = false } = {}): StartServer {
  return async () => {
    const { router, procedure } = initTRPC.create();
    const published = new EventEmitter().setMaxListeners(0);
    const app = router({
      read: procedure.input(Note).query(({ input }) => input),
      publish: procedure.input(Note).mutation(({ input }) => {
        published.emit('note', input);
        return input;
      }),
      published: procedure.subscription(async function* ({ signal }) {
        for await (const [note] of on(published, 'note', { ...(signal === undefined ? {} : { signal }) }))
          yield note as Note;
      }),
    });
    const { server, port, close } = await webSocketServer();
    applyWSSHandler({ wss: server, router: app });
    return { port, facts: { subscribes }, close };
  };
}
