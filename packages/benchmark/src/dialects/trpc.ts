import { NOTE_TEXT } from '../payload.ts';
import { type MakeDialect, numberAfter } from './dialect.ts';

/** The id of the subscription that listens to what is published: no request has it. */
const SUBSCRIPTION = 4_000_000_000;

/** tRPC 11 over WebSocket. */
export const trpc: MakeDialect = ({ subscribes }) => ({
  talk(link) {
    if (subscribes === true) link.send(request(SUBSCRIPTION, 'subscription', 'published', '{}'));
    else link.ready();
    return {
      read: (id) => request(id, 'query', 'read', NOTE_TEXT),
      publish: (id) => request(id, 'mutation', 'publish', NOTE_TEXT),
      receive(text) {
        const id = numberAfter(text, '"id":');
        if (id !== SUBSCRIPTION) link.answered(id);
        else if (text.includes('"type":"started"')) link.ready();
        else link.event();
      },
    };
  },
  payloadOf: (text) => JSON.parse(text).result.data,
});

function request(id: number, method: string, path: string, input: string): string {
  return `{"id":${id},"jsonrpc":"2.0","method":"${method}","params":{"path":"${path}","input":${input}}}`;
}
