import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type StartServer, webSocketServer } from './bench-server.ts';

/** Raw `ws` that puts the event into words for each peer, as one does who tells each its own place. */
export const perPeer: StartServer = async () => {
  const { server, port, close } = await webSocketServer();
  server.on('connection', (peer) => {
    peer.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data));
      for (const client of server.clients) client.send(JSON.stringify({ event: 'published', payload }));
      peer.send(JSON.stringify({ id, ok: true }));
    });
  });
  return { port, close };
};

/** Raw `ws` that makes the bytes of the event's WebSocket frame once and writes them to every socket. */
export const preFramed: StartServer = async () => {
  const { server, port, close } = await webSocketServer();
  const sockets = new Set<Socket>();
  server.on('connection', (peer, { socket }: IncomingMessage) => {
    sockets.add(socket);
    peer.on('close', () => sockets.delete(socket));
    peer.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data));
      const frame = textFrame(JSON.stringify({ event: 'published', payload }));
      for (const to of sockets) to.write(frame);
      peer.send(JSON.stringify({ id, ok: true }));
    });
  });
  return { port, close };
};

/** An unfragmented text message of 126 to 65,535 bytes (RFC 6455, section 5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([0x81, 126, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}
