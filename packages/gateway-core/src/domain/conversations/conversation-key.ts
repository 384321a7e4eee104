import { contractError } from '../refusals.ts';

/**
 * The key of a conversation that began over the API: each is a direct exchange of its own.
 *
 * @throws {ProtocolError} `contract_error` for an agent or a channel with a colon, which the key uses between its parts
 */
export function conversationKey(agentKey: string, channel: string, conversationId: string): string {
  for (const [field, value] of [
    ['agent_key', agentKey],
    ['channel', channel],
  ] as const) {
    if (value.includes(':')) throw contractError(['payload', field], 'expected text without a colon');
  }
  return `agent:${agentKey}:${channel}:dm:${conversationId}`;
}

/** The id of the conversation that such a key leads to, or `undefined` for a text of another form. */
export function conversationIdIn(key: string): string | undefined {
  return /^agent:[^:]+:[^:]+:dm:([^:]+)$/.exec(key)?.[1];
}
