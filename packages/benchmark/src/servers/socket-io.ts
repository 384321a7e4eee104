import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { listen, type StartServer } from './bench-server.ts';

/** Socket.IO on its WebSocket transport, each request answered by its acknowledgement. It validates nothing. */
export const socketIo: StartServer = async () => {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) => {
    socket.on('read', (note: unknown, acknowledge: (result: unknown) => void) => acknowledge(note));
    socket.on('publish', (note: unknown, acknowledge: (result: unknown) => void) => {
      io.emit('published', note);
      acknowledge(note);
    });
  });
  return { port: await listen(http), close: () => io.close() };
};
