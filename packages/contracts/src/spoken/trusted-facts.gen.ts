// Written by `pnpm lock-revision` from the definitions of requests and events.
export const TRUSTED_FACTS = {
  name: 'tyrum',
  served: [3],
  reads: ['approval.list', 'artifact.get', 'artifact.list', 'connect.init', 'connect.proof', 'conversation.get', 'conversation.list', 'events.ack', 'events.subscribe', 'node.list', 'pairing.list', 'ping', 'presence.list', 'request.status', 'task.get', 'task.list', 'transcript.get', 'transcript.list', 'turn.get', 'turn.list', 'workflow.get'],
  ephemeral: ['message.delta', 'presence.pruned', 'presence.upserted', 'reasoning.delta', 'task.progress', 'typing.started', 'typing.stopped'],
} as const;
