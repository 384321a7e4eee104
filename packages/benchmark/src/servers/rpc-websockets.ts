import { createServer } from 'node:http';
import { Server } from 'rpc-websockets';
import { listen, type StartServer } from './bench-server.ts';

/** rpc-websockets: JSON-RPC 2.0, without validation. @param subscribes whether every connection listens to what is published */
export function rpcWebSockets({ subscribes = false } = {}): StartServer {
  return async () => {
    const http = createServer();
    const server = new Server({ server: http, perMessageDeflate: false });
    server.event('published');
    server.register('read', (note: unknown) => note);
    server.register('publish', (note: unknown) => {
      server.emit('published', note);
      return note;
    });
    return { port: await listen(http), facts: { subscribes }, close: () => server.close() };
  };
}
