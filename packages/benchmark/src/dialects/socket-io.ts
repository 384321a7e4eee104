import { NOTE_TEXT } from '../payload.ts';
import { type MakeDialect, numberAfter } from './dialect.ts';

/** Socket.IO over its WebSocket transport: Engine.IO 4, an event with an acknowledgement for each request. */
export const socketIo: MakeDialect = () => ({
  path: '/socket.io/?EIO=4&transport=websocket',
  talk: (link) => ({
    read: (id) => `42${id}["read",${NOTE_TEXT}]`,
    publish: (id) => `42${id}["publish",${NOTE_TEXT}]`,
    receive(text) {
      if (text.startsWith('43')) link.answered(numberAfter(text, '43'));
      else if (text.startsWith('42')) link.event();
      else if (text.startsWith('40')) link.ready();
      else if (text.startsWith('0')) link.send('40');
      else if (text === '2') link.send('3');
      else link.fail(text);
    },
  }),
  payloadOf: (text) => JSON.parse(text.slice(text.indexOf('[')))[0],
});
