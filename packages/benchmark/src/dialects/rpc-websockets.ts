import { NOTE_TEXT } from '../payload.ts';
import { type MakeDialect, numberAfter } from './dialect.ts';

/** JSON-RPC 2.0 as rpc-websockets speaks it; its subscription is a call of its own. */
export const rpcWebSockets: MakeDialect = ({ subscribes }) => ({
  talk(link) {
    if (subscribes === true) link.send(request('"subscription"', 'rpc.on', '["published"]'));
    else link.ready();
    return {
      read: (id) => request(id, 'read', NOTE_TEXT),
      publish: (id) => request(id, 'publish', NOTE_TEXT),
      receive(text) {
        if (text.includes('"notification"')) link.event();
        else if (text.includes('"subscription"')) link.ready();
        else link.answered(numberAfter(text, '"id":'));
      },
    };
  },
  payloadOf: (text) => JSON.parse(text).result,
});

function request(id: number | string, method: string, params: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
}
