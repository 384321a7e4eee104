import { NOTE_TEXT } from '../payload.ts';
import { type MakeDialect, numberAfter } from './dialect.ts';

/** What one would make up: `{ id, type, payload }`, answered by `{ id, ok, result }`; an event is `{ event, payload }`. */
export const plain: MakeDialect = ({ resumes }) => ({
  talk(link) {
    link.ready();
    if (resumes === true) link.send('{}');
    return {
      read: (id) => `{"id":${id},"type":"read","payload":${NOTE_TEXT}}`,
      write: (id) => `{"id":${id},"type":"write","payload":${NOTE_TEXT}}`,
      publish: (id) => `{"id":${id},"type":"publish","payload":${NOTE_TEXT}}`,
      receive(text) {
        if (text.startsWith('{"event"')) link.event();
        else link.answered(numberAfter(text, '"id":'));
      },
    };
  },
  payloadOf: (text) => JSON.parse(text).result,
});
