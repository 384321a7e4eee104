/** The member of an event's scope that carries its id, by kind; the scope `global` has none. */
export const SCOPE_ID_FIELD = {
  agent: 'agent_id',
  conversation: 'conversation_key',
  turn: 'turn_id',
  node: 'node_id',
  client: 'client_id',
} as const;
