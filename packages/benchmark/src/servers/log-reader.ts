import type { IncomingMessage } from 'node:http';
import { NOTE_TEXT } from '../payload.ts';
import { type BenchServer, type StartServer, webSocketServer } from './bench-server.ts';
import { openDatabase } from './sqlite.ts';

/** How many rows it reads at a time, as many as the gateway does. */
const PAGE = 256;

/**
 * A log in SQLite whose rows are sent as they are to whoever asks: what resuming costs at the least.
 *
 * @param corks writes the rows of a page to the socket in one go
 */
export function logReader({ corks = false } = {}): StartServer {
  return (directory) => readLog(directory, corks);
}

async function readLog(directory: string, corks: boolean): Promise<BenchServer> {
  const database = await openDatabase(directory);
  database.exec('CREATE TABLE events (position INTEGER PRIMARY KEY, payload TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO events (payload) VALUES (?)');
  const page = database.prepare('SELECT position, payload FROM events WHERE position > ? ORDER BY position LIMIT ?');
  const { server, port, close } = await webSocketServer();
  server.on('connection', (peer, { socket }: IncomingMessage) => {
    peer.on('message', () => {
      let position = 0;
      for (;;) {
        const rows = page.all(position, PAGE) as { position: number; payload: string }[];
        if (corks) socket.cork();
        for (const row of rows) peer.send(`{"event":"published","position":${row.position},"payload":${row.payload}}`);
        if (corks) socket.uncork();
        if (rows.length < PAGE) return;
        position = rows.at(-1)?.position ?? position;
      }
    });
  });
  return {
    port,
    close,
    fill({ events }) {
      database.exec('BEGIN');
      for (let at = 0; at < events; at += 1) insert.run(NOTE_TEXT);
      database.exec('COMMIT');
    },
  };
}
