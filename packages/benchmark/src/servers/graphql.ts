import { buildSchema, type DocumentNode, parse, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type StartServer, webSocketServer } from './bench-server.ts';

const NOTE =
  'note_id: String! author: String! created_at: String! title: String! text: String! tags: [String!]! priority: Int! done: Boolean!';

/**
 * graphql-ws with a schema that says of the note what the others say with zod.
 *
 * @param keepsQueries parses and validates a query once, and not each time that it is asked as the library does
 */
export function graphql({ keepsQueries = false } = {}): StartServer {
  return async () => {
    const schema = buildSchema(`
      input NoteInput { ${NOTE} }
      type Note { ${NOTE} }
      type Query { read(note: NoteInput!): Note! }
    `);
    const rootValue = { read: ({ note }: { note: unknown }) => note };
    const known = new Map<string, DocumentNode>();

    function documentOf(query: string): DocumentNode {
      const before = known.get(query);
      if (before !== undefined) return before;
      const document = parse(query);
      const [error] = validate(schema, document);
      if (error !== undefined) throw error;
      known.set(query, document);
      return document;
    }

    const { server, port, close } = await webSocketServer();
    useServer(
      {
        schema,
        roots: { query: rootValue },
        ...(keepsQueries
          ? {
              onSubscribe: (_context, _id, { query, operationName, variables }) => ({
                schema,
                rootValue,
                document: documentOf(query),
                operationName,
                variableValues: variables,
              }),
            }
          : {}),
      },
      server,
    );
    return { port, close };
  };
}
