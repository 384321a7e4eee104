import type { IncomingMessage } from 'node:http';
import { type StartServer, webSocketServer } from './bench-server.ts';

/**
 * The base of all ratios: `ws`, `JSON.parse`, `JSON.stringify`, and nothing else.
 *
 * @param validates judges each payload with zod
 * @param corks gathers what is sent to a socket in one turn of the event loop into one write
 */
export function raw({ validates = false, corks = false } = {}): StartServer {
  return async () => {
    const judge = validates ? (await import('../note.ts')).Note : undefined;
    const { server, port, close } = await webSocketServer();
    server.on('connection', (peer, { socket }: IncomingMessage) => {
      let corked = false;
      function cork(): void {
        if (corked) return;
        corked = true;
        socket.cork();
        process.nextTick(() => {
          corked = false;
          socket.uncork();
        });
      }

      peer.on('message', (data) => {
        const { id, type, payload } = JSON.parse(String(data));
        const note = judge === undefined ? payload : judge.parse(payload);
        if (type === 'publish') {
          const event = JSON.stringify({ event: 'published', payload: note });
          for (const client of server.clients) client.send(event);
        }
        if (corks) cork();
        peer.send(JSON.stringify({ id, ok: true, result: note }));
      });
    });
    return { port, close };
  };
}
