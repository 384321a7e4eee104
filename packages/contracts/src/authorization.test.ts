import { describe, expect, it } from 'vitest';
import { SCOPES_OF_ROLE } from './tables/vocabulary.ts';
import { tyrum } from './tyrum.ts';

// Written out on purpose: who may do what changes here, where a reviewer sees it, and nowhere else by accident.
const REQUESTS = `
approval.list               | to_gateway | client      | operator.read                  | read
approval.resolve            | to_gateway | client      | operator.approvals             | once
artifact.get                | to_gateway | client      | operator.read                  | read
artifact.list               | to_gateway | client      | operator.read                  | read
attempt.evidence            | to_gateway | node        | node.paired                    | once
capability.ready            | to_gateway | node        | node.paired                    | once
command.execute             | to_gateway | client      | operator.admin                 | once
connect.init                | to_gateway | client node |                                | read
connect.proof               | to_gateway | client node |                                | read
conversation.archive        | to_gateway | client      | operator.write                 | once
conversation.create         | to_gateway | client      | operator.write                 | once
conversation.delete         | to_gateway | client      | operator.write                 | once
conversation.get            | to_gateway | client      | operator.read                  | read
conversation.list           | to_gateway | client      | operator.read                  | read
conversation.queue_mode.set | to_gateway | client      | operator.write                 | once
conversation.reconnect      | to_gateway | client      | operator.read                  | read
conversation.send           | to_gateway | client      | operator.write                 | once
events.ack                  | to_gateway | client node |                                | read
events.subscribe            | to_gateway | client node |                                | read
location.beacon             | to_gateway | node        |                                | once
node.list                   | to_gateway | client      | operator.read                  | read
pairing.approve             | to_gateway | client      | operator.pairing               | once
pairing.deny                | to_gateway | client      | operator.pairing               | once
pairing.list                | to_gateway | client      | operator.read operator.pairing | read
pairing.revoke              | to_gateway | client      | operator.pairing               | once
ping                        | both       | client node |                                | read
presence.beacon             | to_gateway | client node |                                | once
presence.list               | to_gateway | client      | operator.read                  | read
request.status              | to_gateway | client node |                                | read
task.abort                  | to_peer    | node        | node.paired                    | read
task.cancel                 | to_gateway | client      | operator.write                 | once
task.execute                | to_peer    | node        | node.paired                    | remote
task.get                    | to_gateway | client      | operator.read                  | read
task.list                   | to_gateway | client      | operator.read                  | read
task.progress               | to_gateway | node        | node.paired                    | once
task.submit                 | to_gateway | client      | operator.write                 | once
transcript.get              | to_gateway | client      | operator.read                  | read
transcript.list             | to_gateway | client      | operator.read                  | read
turn.cancel                 | to_gateway | client      | operator.write                 | once
turn.get                    | to_gateway | client      | operator.read                  | read
turn.list                   | to_gateway | client      | operator.read                  | read
workflow.cancel             | to_gateway | client      | operator.write                 | once
workflow.get                | to_gateway | client      | operator.read                  | read
workflow.resume             | to_gateway | client      | operator.write                 | once
workflow.start              | to_gateway | client      | operator.write                 | once
`;

const EVENTS = `
approval.updated        | client      | operator.read operator.approvals  | durable
artifact.attached       | client      | operator.read                     | durable
artifact.created        | client      | operator.read                     | durable
artifact.fetched        | client      | operator.read                     | durable
attempt.evidence        | client      | operator.read                     | durable
auth.failed             | client      | operator.admin                    | durable
authz.denied            | client      | operator.admin                    | durable
capability.ready        | client      | operator.read                     | durable
chat.ui-message.stream  | client      | operator.read                     | ephemeral
context_report.created  | client      | operator.read                     | durable
conversation.created    | client      | operator.read                     | durable
conversation.deleted    | client      | operator.read                     | durable
conversation.updated    | client      | operator.read                     | durable
delivery.receipt        | client      | operator.read                     | durable
error                   | client node |                                   | direct
events.bookmark         | client node |                                   | control
formatting.fallback     | client      | operator.read                     | durable
gateway.draining        | client node |                                   | control
message.delta           | client      | operator.read                     | ephemeral
message.final           | client      | operator.read                     | durable
pairing.updated         | client      | operator.read operator.pairing    | durable
policy_override.created | client      | operator.approvals operator.admin | durable
policy_override.expired | client      | operator.approvals operator.admin | durable
policy_override.revoked | client      | operator.approvals operator.admin | durable
presence.pruned         | client      | operator.read                     | ephemeral
presence.upserted       | client      | operator.read                     | ephemeral
reasoning.delta         | client      | operator.read                     | ephemeral
reasoning.final         | client      | operator.read                     | durable
task.progress           | client      | operator.read                     | ephemeral
task.updated            | client      | operator.read                     | durable
tool.lifecycle          | client      | operator.read                     | durable
turn.blocked            | client      | operator.read                     | durable
turn.cancelled          | client      | operator.read                     | durable
turn.completed          | client      | operator.read                     | durable
turn.failed             | client      | operator.read                     | durable
turn.item.created       | client      | operator.read                     | durable
turn.queued             | client      | operator.read                     | durable
turn.resumed            | client      | operator.read                     | durable
turn.started            | client      | operator.read                     | durable
turn.updated            | client      | operator.read                     | durable
typing.started          | client      | operator.read                     | ephemeral
typing.stopped          | client      | operator.read                     | ephemeral
usage.snapshot          | client      | operator.read                     | durable
workflow.updated        | client      | operator.read                     | durable
`;

describe('the authorization table', () => {
  it('lets these peers send or be sent these requests, with these effects [AZ-1]', () => {
    const rows = tyrum.definitions.flatMap((definition) => {
      if (definition.kind !== 'request') return [];
      const { type, direction, roles, scopes, effect } = definition;
      return [[type, direction, roles.join(' '), scopes.join(' '), effect]];
    });

    expect(rows.sort(byType)).toEqual(table(REQUESTS));
  });

  it('lets these peers see these events [AZ-4] [AZ-5]', () => {
    const rows = tyrum.definitions.flatMap((definition) => {
      if (definition.kind !== 'event') return [];
      const { type, audience, kept } = definition;
      return [[type, audience.roles.join(' '), audience.scopes.join(' '), kept]];
    });

    expect(rows.sort(byType)).toEqual(table(EVENTS));
  });

  it('knows these scopes, and none that implies another [AZ-2]', () => {
    expect(SCOPES_OF_ROLE).toEqual({
      client: ['operator.read', 'operator.write', 'operator.approvals', 'operator.pairing', 'operator.admin'],
      node: ['node.paired'],
    });
  });
});

function table(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

function byType([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one < other ? -1 : 1;
}
