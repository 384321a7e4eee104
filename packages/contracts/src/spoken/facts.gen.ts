// Written by `pnpm lock-revision` from the definitions of requests and events.
import type { Facts } from './facts.ts';

export const TYRUM_FACTS: Facts = {
  name: 'tyrum',
  served: [2, 3],
  requests: [
    { direction: 'to_gateway', roles: ['client'], effect: 'read', since: 2, types: ['approval.list', 'conversation.get', 'conversation.list', 'transcript.get', 'transcript.list', 'turn.list'] },
    { direction: 'to_gateway', roles: ['client'], effect: 'once', since: 2, types: ['approval.resolve', 'command.execute', 'conversation.archive', 'conversation.create', 'conversation.delete', 'conversation.queue_mode.set', 'conversation.send', 'pairing.approve', 'pairing.deny', 'pairing.revoke', 'workflow.cancel', 'workflow.resume', 'workflow.start'] },
    { direction: 'to_gateway', roles: ['client'], effect: 'read', since: 3, types: ['artifact.get', 'artifact.list', 'node.list', 'pairing.list', 'presence.list', 'task.get', 'task.list', 'turn.get', 'workflow.get'] },
    { direction: 'to_gateway', roles: ['node'], effect: 'once', since: 2, types: ['attempt.evidence', 'capability.ready', 'location.beacon'] },
    { direction: 'to_gateway', roles: ['client', 'node'], effect: 'read', since: 2, types: ['connect.init', 'connect.proof'] },
    { direction: 'to_gateway', roles: ['client'], effect: 'read', since: 2, until: 2, types: ['conversation.reconnect'] },
    { direction: 'to_gateway', roles: ['client', 'node'], effect: 'read', since: 3, types: ['events.ack', 'events.subscribe', 'request.status'] },
    { direction: 'both', roles: ['client', 'node'], effect: 'read', since: 2, types: ['ping'] },
    { direction: 'to_gateway', roles: ['client', 'node'], effect: 'once', since: 2, types: ['presence.beacon'] },
    { direction: 'to_peer', roles: ['node'], effect: 'read', since: 3, types: ['task.abort'] },
    { direction: 'to_gateway', roles: ['client'], effect: 'once', since: 3, types: ['task.cancel', 'task.submit', 'turn.cancel'] },
    { direction: 'to_peer', roles: ['node'], effect: 'remote', since: 2, types: ['task.execute'] },
    { direction: 'to_gateway', roles: ['node'], effect: 'once', since: 3, types: ['task.progress'] },
  ],
  events: [
    { kept: 'durable', since: 2, types: ['approval.updated', 'artifact.attached', 'artifact.created', 'artifact.fetched', 'attempt.evidence', 'auth.failed', 'authz.denied', 'capability.ready', 'context_report.created', 'delivery.receipt', 'formatting.fallback', 'message.final', 'pairing.updated', 'policy_override.created', 'policy_override.expired', 'policy_override.revoked', 'reasoning.final', 'tool.lifecycle', 'turn.blocked', 'turn.cancelled', 'turn.completed', 'turn.failed', 'turn.item.created', 'turn.queued', 'turn.resumed', 'turn.started', 'turn.updated', 'usage.snapshot'] },
    { kept: 'ephemeral', since: 2, until: 2, types: ['chat.ui-message.stream'] },
    { kept: 'durable', since: 3, types: ['conversation.created', 'conversation.deleted', 'conversation.updated', 'task.updated', 'workflow.updated'] },
    { kept: 'direct', since: 2, types: ['error'] },
    { kept: 'control', since: 3, types: ['events.bookmark', 'gateway.draining'] },
    { kept: 'ephemeral', since: 2, types: ['message.delta', 'presence.pruned', 'presence.upserted', 'reasoning.delta', 'typing.started', 'typing.stopped'] },
    { kept: 'ephemeral', since: 3, types: ['task.progress'] },
  ],
};
