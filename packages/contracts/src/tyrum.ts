import { approvalCast } from './casts/approval.ts';
import { conversationCast } from './casts/conversation.ts';
import { uiMessageStreamCast } from './casts/ui-message-stream.ts';
import { defineContract } from './define/contract.ts';
import * as approvalEvents from './events/approval.ts';
import * as artifactEvents from './events/artifact.ts';
import * as controlEvents from './events/control.ts';
import * as conversationEvents from './events/conversation.ts';
import * as messageEvents from './events/message.ts';
import * as observabilityEvents from './events/observability.ts';
import * as pairingEvents from './events/pairing.ts';
import * as presenceEvents from './events/presence.ts';
import * as taskEvents from './events/task.ts';
import * as turnEvents from './events/turn.ts';
import * as workflowEvents from './events/workflow.ts';
import * as approval from './operations/approval.ts';
import * as artifact from './operations/artifact.ts';
import * as capability from './operations/capability.ts';
import * as command from './operations/command.ts';
import * as connect from './operations/connect.ts';
import * as conversation from './operations/conversation.ts';
import * as events from './operations/events.ts';
import * as location from './operations/location.ts';
import * as pairing from './operations/pairing.ts';
import * as ping from './operations/ping.ts';
import * as presence from './operations/presence.ts';
import * as request from './operations/request.ts';
import * as task from './operations/task.ts';
import * as transcript from './operations/transcript.ts';
import * as turn from './operations/turn.ts';
import * as workflow from './operations/workflow.ts';
import { REVISION_HASHES } from './revision-hashes.gen.ts';
import { revisions } from './tables/revisions.ts';

/** The contract that this project ships. Extend it, or bring your own. */
export const tyrum = /* @__PURE__ */ defineContract({
  name: 'tyrum',
  revisions,
  modules: {
    approval,
    approvalEvents,
    artifact,
    artifactEvents,
    capability,
    command,
    connect,
    controlEvents,
    conversation,
    conversationEvents,
    events,
    location,
    messageEvents,
    observabilityEvents,
    pairing,
    pairingEvents,
    ping,
    presence,
    presenceEvents,
    request,
    task,
    taskEvents,
    transcript,
    turn,
    turnEvents,
    workflow,
    workflowEvents,
  },
  hashes: REVISION_HASHES,
  casts: [approvalCast, conversationCast, uiMessageStreamCast],
});

export type Tyrum = typeof tyrum;
