import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type StartServer, webSocketServer } from './bench-server.ts';

const NOTE =
  'note_id: String! author: String! created_at: String! title: String! text: String! tags: [String!]! priority: Int! done: Boolean!';

/** graphql-ws with a schema that says of the note what the others say with zod. */
export const graphql: StartServer = async () => {
  const schema = buildSchema(`
    input NoteInput { ${NOTE} }
    type Note { ${NOTE} }
    type Query { read(note: NoteInput!): Note! }
  `);
  const { server, port, close } = await webSocketServer();
  useServer({ schema, roots: { query: { read: ({ note }: { note: unknown }) => note } } }, server);
  return { port, close };
};
