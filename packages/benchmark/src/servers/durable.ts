import type { IncomingMessage } from 'node:http';
import { Note } from '../note.ts';
import { type StartServer, webSocketServer } from './bench-server.ts';
import { openDatabase } from './sqlite.ts';

const TABLE = 'CREATE TABLE notes (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, value TEXT NOT NULL)';
const INSERT = 'INSERT INTO notes (id, value) VALUES (?, ?)';

/** One row and one commit for each request, which is what a first version does. */
export const oneCommitEach: StartServer = async (directory) => {
  const database = await openDatabase(directory);
  database.exec(TABLE);
  const insert = database.prepare(INSERT);
  const { server, port, close } = await webSocketServer();
  server.on('connection', (peer) => {
    peer.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data));
      const note = Note.parse(payload);
      insert.run(note.note_id, JSON.stringify(note));
      peer.send(JSON.stringify({ id, ok: true, result: note }));
    });
  });
  return { port, close };
};

/**
 * A group commit by hand: what came in one turn of the event loop is written in one transaction, and the answers leave after
 * it, one write for each socket. One row for each request: no ledger, no event, no stored answer.
 */
export const groupCommit: StartServer = async (directory) => {
  const database = await openDatabase(directory);
  database.exec(TABLE);
  const insert = database.prepare(INSERT);
  const [begin, commit] = [database.prepare('BEGIN'), database.prepare('COMMIT')];
  const { server, port, close } = await webSocketServer();
  let waiting: { readonly note: Note; readonly answer: () => void; readonly socket: IncomingMessage['socket'] }[] = [];

  function write(): void {
    const batch = waiting;
    waiting = [];
    begin.run();
    for (const { note } of batch) insert.run(note.note_id, JSON.stringify(note));
    commit.run();
    const sockets = new Set(batch.map(({ socket }) => socket));
    for (const socket of sockets) socket.cork();
    for (const { answer } of batch) answer();
    for (const socket of sockets) socket.uncork();
  }

  server.on('connection', (peer, { socket }: IncomingMessage) => {
    peer.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data));
      const note = Note.parse(payload);
      if (waiting.length === 0) setImmediate(write);
      waiting.push({ note, socket, answer: () => peer.send(JSON.stringify({ id, ok: true, result: note })) });
    });
  });
  return { port, close };
};
