import { NOTE } from '../payload.ts';
import { type MakeDialect, numberAfter } from './dialect.ts';

const QUERY =
  'query Read($note: NoteInput!) { read(note: $note) { note_id author created_at title text tags priority done } }';
const PAYLOAD = JSON.stringify({ operationName: 'Read', query: QUERY, variables: { note: NOTE } });

/** GraphQL over WebSocket, the protocol `graphql-transport-ws`: a query is a subscription that ends at once. */
export const graphql: MakeDialect = () => ({
  protocols: ['graphql-transport-ws'],
  talk(link) {
    link.send('{"type":"connection_init"}');
    return {
      read: (id) => `{"id":"${id}","type":"subscribe","payload":${PAYLOAD}}`,
      receive(text) {
        if (text.includes('"type":"complete"')) link.answered(numberAfter(text, '"id":"'));
        else if (text.includes('"type":"connection_ack"')) link.ready();
        else if (text.includes('"type":"error"')) link.fail(text);
      },
    };
  },
  payloadOf: (text) => JSON.parse(text).payload?.data?.read,
});
