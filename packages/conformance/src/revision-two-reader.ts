// biome-ignore lint/suspicious/noExplicitAny: the reader judges every key; the values are for the tests to compare.
type Said = any;

/** A frame that was found to have the keys of revision 2 and no other. */
export interface Frame {
  readonly request_id?: string;
  readonly event_id?: string;
  readonly type: string;
  readonly ok?: boolean;
  readonly result?: Said;
  readonly error?: Said;
  readonly payload?: Said;
  readonly scope?: Said;
}

/** `a` must be there, `a?` may be; `open` is relayed as somebody else said it, and not looked into. */
type Shape = 'value' | 'open' | readonly [Shape] | { readonly [key: string]: Shape };

const v = 'value';
const message: Shape = { id: v, role: v, parts: ['open'], 'metadata?': 'open' };
const summary = {
  conversation_id: v,
  agent_key: v,
  channel: v,
  'account_key?': v,
  thread_id: v,
  'container_kind?': v,
  title: v,
  message_count: v,
  created_at: v,
  updated_at: v,
  'last_message?': { role: v, text: v },
  archived: v,
} as const satisfies Shape;
const conversation: Shape = { ...summary, queue_mode: v, messages: [message] };
const turn: Shape = {
  turn_id: v,
  job_id: v,
  conversation_key: v,
  status: v,
  attempt: v,
  created_at: v,
  started_at: v,
  finished_at: v,
  'blocked_reason?': v,
  'blocked_detail?': v,
  'budgets?': 'open',
};
const turnItem: Shape = {
  turn_item_id: v,
  turn_id: v,
  item_index: v,
  item_key: v,
  created_at: v,
  kind: v,
  payload: { message },
};
const review: Shape = {
  review_id: v,
  target_type: v,
  target_id: v,
  reviewer_kind: v,
  'reviewer_id?': v,
  state: v,
  'reason?': v,
  'risk_level?': v,
  'risk_score?': v,
  'evidence?': 'open',
  'decision_payload?': 'open',
  created_at: v,
  'started_at?': v,
  'completed_at?': v,
};
const approval: Shape = {
  approval_id: v,
  approval_key: v,
  'agent_id?': v,
  kind: v,
  status: v,
  prompt: v,
  motivation: v,
  'context?': 'open',
  'scope?': { 'conversation_key?': v, 'turn_id?': v, 'turn_item_id?': v, 'workflow_run_step_id?': v },
  created_at: v,
  'expires_at?': v,
  'latest_review?': review,
  'reviews?': [review],
};
const override: Shape = {
  policy_override_id: v,
  status: v,
  created_at: v,
  'created_by?': 'open',
  agent_id: v,
  'workspace_id?': v,
  tool_id: v,
  pattern: v,
  'created_from_approval_id?': v,
  'expires_at?': v,
  'revoked_at?': v,
  'revoked_by?': 'open',
  'revoked_reason?': v,
};
const presence: Shape = {
  instance_id: v,
  role: v,
  'host?': v,
  'ip?': v,
  'version?': v,
  'mode?': v,
  last_seen_at: v,
  'last_input_seconds?': v,
  'reason?': v,
  'metadata?': 'open',
};

/** What each operation of the story answers at revision 2. */
const RESULTS: Readonly<Record<string, Shape>> = {
  'connect.init': { connection_id: v, challenge: v },
  'connect.proof': { client_id: v, device_id: v, role: v },
  ping: {},
  'conversation.create': { conversation },
  'conversation.get': { conversation },
  'conversation.list': { conversations: [summary], 'next_cursor?': v },
  'conversation.send': { stream_id: v },
  'conversation.archive': { conversation_id: v, archived: v },
  'conversation.delete': { conversation_id: v },
  'conversation.queue_mode.set': { conversation_id: v, queue_mode: v },
  'approval.list': { approvals: [approval], 'next_cursor?': v },
  'approval.resolve': { approval, 'created_overrides?': [override] },
  'workflow.start': { workflow_run_id: v, plan_id: v, request_id: v, conversation_key: v, steps_count: v },
  'workflow.resume': { workflow_run_id: v, resumed: v },
  'workflow.cancel': { workflow_run_id: v, cancelled: v },
  'turn.list': {
    turns: [{ turn, 'agent_key?': v, 'conversation_key?': v, 'trigger_kind?': v }],
  },
};

/** What each event of the story carries at revision 2; one that is not here does not exist there, or is none of ours. */
const EVENTS: Readonly<Record<string, Shape>> = {
  'turn.queued': { turn_id: v },
  'turn.started': { turn_id: v },
  'turn.resumed': { turn_id: v },
  'turn.blocked': { turn_id: v, reason: v, 'approval_id?': v, 'detail?': v },
  'turn.completed': { turn_id: v },
  'turn.failed': { turn_id: v },
  'turn.cancelled': { turn_id: v, 'reason?': v },
  'turn.updated': { turn, 'trigger_kind?': v },
  'turn.item.created': { turn_item: turnItem },
  'approval.updated': { approval },
  'policy_override.created': { override },
  'message.delta': { conversation_id: v, message_id: v, role: v, delta: v, 'thread_id?': v },
  'message.final': { conversation_id: v, message_id: v, role: v, content: v, 'thread_id?': v },
  'typing.started': { 'conversation_id?': v, 'thread_id?': v },
  'typing.stopped': { 'conversation_id?': v, 'thread_id?': v },
  'presence.upserted': { entry: presence },
  'presence.pruned': { instance_id: v },
  'auth.failed': {
    surface: v,
    reason: v,
    transport: v,
    'client_ip?': v,
    'user_agent?': v,
    'request_id?': v,
  },
  error: { code: v, message: v },
};

const STREAM: Readonly<Record<string, Shape>> = {
  chunk: { stream_id: v, stage: v, chunk: 'open' },
  error: { stream_id: v, stage: v, error: { message: v } },
  done: { stream_id: v, stage: v },
};

const SCOPES: Readonly<Record<string, Shape>> = {
  global: { kind: v },
  agent: { kind: v, agent_id: v },
  conversation: { kind: v, conversation_key: v },
  turn: { kind: v, turn_id: v },
  node: { kind: v, node_id: v },
  client: { kind: v, client_id: v },
};

/**
 * Reads a frame as the programs in the field do: one key that it does not know, or one that is missing, ends everything.
 * Its key lists are written out here and share nothing with the contract.
 *
 * @throws {Error} with the path of the key
 */
export function readStrictly(text: string): Frame {
  const frame = JSON.parse(text) as Frame;
  const { type } = frame;
  if ('ok' in frame) {
    const error = { code: v, message: v, 'details?': 'open' } as const;
    const outcome: Record<string, Shape> = frame.ok ? { 'result?': known(RESULTS, type) } : { error };
    check(frame, { request_id: v, type: v, ok: v, ...outcome }, type);
  } else if ('event_id' in frame) {
    const payload = type === 'chat.ui-message.stream' ? known(STREAM, frame.payload?.stage) : known(EVENTS, type);
    const scope = frame.scope === undefined ? {} : { scope: known(SCOPES, frame.scope.kind) };
    check(frame, { event_id: v, type: v, occurred_at: v, ...scope, payload }, type);
  } else {
    check(frame, { request_id: v, type: v, payload: {} }, type);
  }
  return frame;
}

function known(table: Readonly<Record<string, Shape>>, name: string): Shape {
  const shape = Object.hasOwn(table, name) ? table[name] : undefined;
  if (shape === undefined) throw new Error(`${name} is not of revision 2`);
  return shape;
}

function check(value: unknown, shape: Shape, path: string): void {
  if (shape === 'open') return;
  if (shape === 'value') {
    if (typeof value === 'object' && value !== null) throw new Error(`${path} is an object`);
    if (value === undefined) throw new Error(`${path} is missing`);
    return;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw new Error(`${path} is not a list`);
    for (const [at, entry] of value.entries()) check(entry, shape[0], `${path}.${at}`);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${path} is not an object`);
  for (const [key, entry] of Object.entries(value)) {
    const optional = shape[`${key}?`];
    const expected = shape[key] ?? optional;
    if (expected === undefined) throw new Error(`${path}.${key} is not a key of revision 2`);
    if (entry !== null || optional === undefined) check(entry, expected, `${path}.${key}`);
  }
  for (const key of Object.keys(shape)) {
    if (!key.endsWith('?') && !Object.hasOwn(value, key)) throw new Error(`${path}.${key} is missing`);
  }
}

function isList(shape: readonly [Shape] | { readonly [key: string]: Shape }): shape is readonly [Shape] {
  return Array.isArray(shape);
}
