import { conversationCast } from './casts/conversation.ts';
import { defineContract } from './define/contract.ts';
import * as controlEvents from './events/control.ts';
import * as conversationEvents from './events/conversation.ts';
import * as messageEvents from './events/message.ts';
import * as pairingEvents from './events/pairing.ts';
import * as taskEvents from './events/task.ts';
import * as turnEvents from './events/turn.ts';
import * as capability from './operations/capability.ts';
import * as connect from './operations/connect.ts';
import * as conversation from './operations/conversation.ts';
import * as events from './operations/events.ts';
import * as pairing from './operations/pairing.ts';
import * as ping from './operations/ping.ts';
import * as request from './operations/request.ts';
import * as task from './operations/task.ts';
import * as turn from './operations/turn.ts';
import { REVISION_HASHES } from './revision-hashes.gen.ts';
import { revisions } from './tables/revisions.ts';

/** The contract that this project ships. Extend it, or bring your own. */
export const tyrum = defineContract({
  name: 'tyrum',
  revisions,
  modules: {
    capability,
    connect,
    controlEvents,
    conversation,
    conversationEvents,
    events,
    messageEvents,
    pairing,
    pairingEvents,
    ping,
    request,
    task,
    taskEvents,
    turn,
    turnEvents,
  },
  casts: [conversationCast],
  hashes: REVISION_HASHES,
});

export type Tyrum = typeof tyrum;
