// Written by `pnpm lock-revision` from the definitions of requests and events.
import type { RequestShapes, Shape } from './shape.ts';

const enum1: Shape = { is: 'enum', values: ['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'expired', 'cancelled'] };
const enum2: Shape = { is: 'enum', values: ['workflow_step', 'intent', 'retry', 'policy', 'budget', 'takeover', 'connector.send', 'work.intervention'] };
const string3: Shape = { is: 'string', min: 1 };
const optional4: Shape = { is: 'optional', of: string3 };
const string5: Shape = { is: 'string', like: /^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$/, called: 'uuid' };
const optional6: Shape = { is: 'optional', of: string5 };
const number7: Shape = { is: 'number', min: 1, max: 500, whole: true };
const string8: Shape = { is: 'string', min: 1, max: 512 };
const optional9: Shape = { is: 'optional', of: string8 };
const unknown10: Shape = { is: 'unknown' };
const optional11: Shape = { is: 'optional', of: unknown10 };
const string12: Shape = { is: 'string', like: /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z))$/, called: 'datetime' };
const nullable13: Shape = { is: 'nullable', of: string12 };
const optional14: Shape = { is: 'optional', of: nullable13 };
const string15: Shape = { is: 'string' };
const nullable16: Shape = { is: 'nullable', of: string15 };
const nullable17: Shape = { is: 'nullable', of: unknown10 };
const object18: Shape = { is: 'object', fields: { review_id: string5, target_type: { is: 'enum', values: ['approval', 'pairing'] }, target_id: string3, reviewer_kind: { is: 'enum', values: ['guardian', 'human', 'system'] }, reviewer_id: { is: 'nullable', of: string3 }, state: { is: 'enum', values: ['queued', 'running', 'requested_human', 'approved', 'denied', 'expired', 'cancelled', 'revoked', 'failed', 'superseded'] }, reason: nullable16, risk_level: { is: 'nullable', of: { is: 'enum', values: ['low', 'medium', 'high', 'critical'] } }, risk_score: { is: 'nullable', of: { is: 'number', min: 0, max: 1000, whole: true } }, evidence: nullable17, decision_payload: nullable17, created_at: string12, started_at: nullable13, completed_at: nullable13 } };
const nullable19: Shape = { is: 'nullable', of: object18 };
const optional20: Shape = { is: 'optional', of: { is: 'array', of: object18 } };
const object21: Shape = { is: 'object', fields: { approval_id: string5, approval_key: string3, agent_id: optional6, kind: enum2, status: enum1, prompt: string3, motivation: string3, context: optional11, tool: { is: 'optional', of: { is: 'object', fields: { tool_id: string3, target: string3, workspace_id: optional6 } }, since: 3 }, scope: { is: 'optional', of: { is: 'object', fields: { conversation_key: optional4, turn_id: optional6, turn_item_id: optional6, workflow_run_step_id: optional6 } } }, created_at: string12, expires_at: optional14, latest_review: nullable19, reviews: optional20 } };
const optional22: Shape = { is: 'optional', of: string15 };
const string23: Shape = { is: 'string', min: 1, max: 4096 };
const optional24: Shape = { is: 'optional', of: string23 };
const object25: Shape = { is: 'object', fields: { policy_override_id: string5, status: { is: 'enum', values: ['active', 'revoked', 'expired'] }, created_at: string12, created_by: optional11, agent_id: string5, workspace_id: optional6, tool_id: string3, pattern: string3, created_from_approval_id: optional6, expires_at: optional14, revoked_at: optional14, revoked_by: optional11, revoked_reason: optional4 } };
const number26: Shape = { is: 'number', min: 0, whole: true };
const optional27: Shape = { is: 'optional', of: number26 };
const array28: Shape = { is: 'array', of: string3 };
const record29: Shape = { is: 'record', of: unknown10 };
const optional30: Shape = { is: 'optional', of: record29 };
const object31: Shape = { is: 'object', fields: { artifact_id: string5, uri: string3, external_url: string3, kind: { is: 'enum', values: ['screenshot', 'diff', 'log', 'dom_snapshot', 'http_trace', 'receipt', 'file', 'other'] }, media_class: { is: 'enum', values: ['image', 'audio', 'video', 'document', 'other'] }, created_at: string12, filename: string3, mime_type: optional4, size_bytes: optional27, sha256: optional4, labels: { is: 'optional', of: array28 }, metadata: optional30 } };
const object32: Shape = { is: 'object', fields: { artifact: object31 } };
const optional33: Shape = { is: 'optional', of: { is: 'number', min: 1, max: 200, whole: true } };
const optional34: Shape = { is: 'optional', of: nullable16 };
const object35: Shape = { is: 'object', fields: { id: { is: 'string', like: /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/, max: 128 }, version: { is: 'default', of: { is: 'string', like: /^\d{1,9}\.\d{1,9}\.\d{1,9}$/ }, value: '1.0.0' } } };
const array36: Shape = { is: 'array', of: object35, max: 256 };
const boolean37: Shape = { is: 'boolean' };
const object38: Shape = { is: 'object', fields: { capability: object35, actions: { is: 'optional', of: { is: 'array', of: { is: 'object', fields: { name: string3, enabled: boolean37, availability_status: { is: 'enum', values: ['unknown', 'available', 'unavailable'] }, unavailable_reason: optional4 } } } } } };
const number39: Shape = { is: 'number', min: 1, whole: true };
const enum40: Shape = { is: 'enum', values: ['client', 'node'] };
const string41: Shape = { is: 'string', like: /^dev_[a-z2-7]{52}$/ };
const string42: Shape = { is: 'string', like: /^[A-Za-z0-9_-]{59}$/ };
const string43: Shape = { is: 'string', like: /^[A-Za-z0-9_-]{43}$/ };
const optional44: Shape = { is: 'optional', of: string43, since: 3 };
const string45: Shape = { is: 'string', min: 1, max: 128 };
const object46: Shape = { is: 'object', fields: { id: string45, hash: string43 } };
const object47: Shape = { is: 'object', fields: { cursor: string45 } };
const optional48: Shape = { is: 'optional', of: number39, since: 3 };
const string49: Shape = { is: 'string', like: /^[A-Za-z0-9_-]{86}$/ };
const object50: Shape = { is: 'object', fields: { conversation_id: string3, archived: boolean37 } };
const optional51: Shape = { is: 'optional', of: string45 };
const optional52: Shape = { is: 'optional', of: { is: 'enum', values: ['dm', 'group', 'channel'] } };
const default53: Shape = { is: 'default', of: string15, value: '' };
const enum54: Shape = { is: 'enum', values: ['system', 'user', 'assistant', 'tool'] };
const optional55: Shape = { is: 'optional', of: { is: 'nullable', of: { is: 'object', fields: { role: enum54, text: string15 } } } };
const default56: Shape = { is: 'default', of: boolean37, value: false };
const enum57: Shape = { is: 'enum', values: ['collect', 'followup', 'steer', 'steer_backlog', 'interrupt'] };
const object58: Shape = { is: 'object', fields: { type: string3 }, rest: unknown10 };
const object59: Shape = { is: 'object', fields: { id: string3, role: enum54, parts: { is: 'array', of: object58 }, metadata: optional30 } };
const array60: Shape = { is: 'array', of: object59 };
const object61: Shape = { is: 'object', fields: { conversation: { is: 'object', fields: { conversation_id: string3, agent_key: string3, channel: string3, account_key: optional4, thread_id: string3, container_kind: optional52, title: default53, message_count: number26, created_at: string12, updated_at: string12, last_message: optional55, archived: default56, queue_mode: enum57, messages: array60, messages_before: { is: 'optional', of: { is: 'nullable', of: string8 }, since: 3 } } } } };
const object62: Shape = { is: 'object', fields: { conversation_id: string3 } };
const optional63: Shape = { is: 'optional', of: string8, since: 3 };
const optional64: Shape = { is: 'optional', of: number7, since: 3 };
const optional65: Shape = { is: 'optional', of: boolean37 };
const object66: Shape = { is: 'object', fields: { conversation_id: string3, agent_key: string3, channel: string3, account_key: optional4, thread_id: string3, container_kind: optional52, title: default53, message_count: number26, created_at: string12, updated_at: string12, last_message: optional55, archived: default56 } };
const object67: Shape = { is: 'object', fields: { conversations: { is: 'array', of: object66 }, next_cursor: optional34 } };
const object68: Shape = { is: 'object', fields: { conversation_id: string3, queue_mode: enum57 } };
const object69: Shape = { is: 'object', fields: { stream_id: string3 } };
const union70: Shape = { is: 'union', of: [{ is: 'object', fields: { kind: { is: 'enum', values: ['global'] } } }, { is: 'object', fields: { kind: { is: 'enum', values: ['agent'] }, agent_id: string3 } }, { is: 'object', fields: { kind: { is: 'enum', values: ['conversation'] }, conversation_key: string3 } }, { is: 'object', fields: { kind: { is: 'enum', values: ['turn'] }, turn_id: string3 } }, { is: 'object', fields: { kind: { is: 'enum', values: ['node'] }, node_id: string3 } }, { is: 'object', fields: { kind: { is: 'enum', values: ['client'] }, client_id: string3 } }], by: 'kind' };
const number71: Shape = { is: 'number', min: 0 };
const optional72: Shape = { is: 'optional', of: number71 };
const object73: Shape = { is: 'object', fields: { latitude: { is: 'number', min: -90, max: 90 }, longitude: { is: 'number', min: -180, max: 180 }, accuracy_m: number71, altitude_m: { is: 'optional', of: { is: 'number' } }, altitude_accuracy_m: optional72, heading_deg: { is: 'optional', of: { is: 'number', min: 0, max: 360 } }, speed_mps: optional72 } };
const enum74: Shape = { is: 'enum', values: ['gps', 'network', 'passive', 'unknown'] };
const object75: Shape = { is: 'object', fields: { limit: optional33, cursor: optional9 } };
const array76: Shape = { is: 'array', of: object35 };
const optional77: Shape = { is: 'optional', of: boolean37, since: 3 };
const object78: Shape = { is: 'object', fields: { node_id: string3, label: optional4, capabilities: array76, last_seen_at: string12, metadata: optional11, connected: optional77 } };
const enum79: Shape = { is: 'enum', values: ['local', 'remote'] };
const enum80: Shape = { is: 'enum', values: ['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'revoked'] };
const object81: Shape = { is: 'object', fields: { pairing_id: number39, status: enum80, motivation: string3, trust_level: { is: 'optional', of: enum79 }, requested_at: string12, node: object78, capability_allowlist: array76, latest_review: nullable19, reviews: optional20 } };
const object82: Shape = { is: 'object', fields: { pairing: object81 } };
const object83: Shape = { is: 'object', fields: { pairing_id: number39, reason: optional24 } };
const object84: Shape = { is: 'object', fields: {  } };
const optional85: Shape = { is: 'optional', of: { is: 'string', min: 1, max: 64 } };
const optional86: Shape = { is: 'optional', of: { is: 'enum', values: ['ui', 'web', 'cli', 'node', 'backend', 'probe', 'test', 'desktop', 'browser-node'] } };
const object87: Shape = { is: 'object', fields: { instance_id: string3, role: { is: 'enum', values: ['gateway', 'client', 'node'] }, host: optional4, ip: optional4, version: optional4, mode: optional86, last_seen_at: string12, last_input_seconds: optional27, reason: { is: 'optional', of: { is: 'enum', values: ['self', 'connect', 'periodic', 'node-connected', 'prune'] } }, metadata: optional30 } };
const object88: Shape = { is: 'object', fields: { entry: object87 } };
const optional89: Shape = { is: 'optional', of: number26, since: 3 };
const optional90: Shape = { is: 'optional', of: { is: 'string', min: 1, max: 1024 } };
const enum91: Shape = { is: 'enum', values: ['queued', 'dispatched', 'succeeded', 'failed', 'cancelled', 'outcome_unknown'] };
const object92: Shape = { is: 'object', fields: { type: { is: 'enum', values: ['Research', 'Decide', 'Llm', 'Web', 'Browser', 'IOS', 'Android', 'Desktop', 'Filesystem', 'CLI', 'Http', 'Mcp', 'Node', 'Message', 'Pay', 'Store', 'Watch', 'Confirm'] }, args: optional30, postcondition: optional11, idempotency_key: optional4 }, rest: unknown10 };
const optional93: Shape = { is: 'optional', of: string41 };
const object94: Shape = { is: 'object', fields: { code: string3, message: string15 } };
const optional95: Shape = { is: 'optional', of: object94 };
const object96: Shape = { is: 'object', fields: { task_id: string5, status: enum91, action: object92, node_id: optional93, capability: optional4, turn_id: optional6, dispatch_id: optional6, attempt: number26, created_at: string12, deadline_at: nullable13, lease_expires_at: nullable13, finished_at: nullable13, result: optional11, evidence: optional11, error: optional95 } };
const object97: Shape = { is: 'object', fields: { task: object96 } };
const optional98: Shape = { is: 'optional', of: { is: 'number', min: 0, max: 1 } };
const optional99: Shape = { is: 'optional', of: nullable16, since: 3 };
const enum100: Shape = { is: 'enum', values: ['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] };
const enum101: Shape = { is: 'enum', values: ['approval', 'takeover', 'budget', 'manual', 'policy'] };
const optional102: Shape = { is: 'optional', of: { is: 'object', fields: { max_usd_micros: optional27, max_duration_ms: optional27, max_total_tokens: optional27 } } };
const optional103: Shape = { is: 'optional', of: string3, since: 3 };
const object104: Shape = { is: 'object', fields: { turn_id: string5, job_id: string5, conversation_key: string3, status: enum100, attempt: number39, created_at: string12, started_at: nullable13, finished_at: nullable13, blocked_reason: { is: 'optional', of: enum101 }, blocked_detail: optional4, budgets: optional102, conversation_id: optional103 } };
const object105: Shape = { is: 'object', fields: { turn_item_id: string5, turn_id: string5, item_index: number26, item_key: string3, created_at: string12, kind: { is: 'enum', values: ['message'] }, payload: { is: 'object', fields: { message: object59 } } } };
const object106: Shape = { is: 'object', fields: { workflow_run_id: string5, plan_id: string3, request_id: string3, conversation_key: string3, status: enum100, steps: { is: 'array', of: { is: 'object', fields: { workflow_run_step_id: string5, step_index: number26, action: object92, status: { is: 'enum', values: ['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled', 'skipped'] }, task_id: optional6, approval_id: optional6 } } }, budgets: optional102, created_at: string12, finished_at: nullable13, reason: optional4 } };
const object107: Shape = { is: 'object', fields: { conversation: object66 } };
const enum108: Shape = { is: 'enum', values: ['assistant', 'user', 'system'] };
const optional109: Shape = { is: 'optional', of: string5, since: 3 };
const optional110: Shape = { is: 'optional', of: string41, since: 3 };
const object111: Shape = { is: 'object', fields: { override: object25 } };
const object112: Shape = { is: 'object', fields: { turn_id: string5, conversation_id: optional103, requested_by: optional110 } };
const union113: Shape = { is: 'union', of: [{ is: 'object', fields: { conversation_id: string3, thread_id: optional4 } }, { is: 'object', fields: { conversation_id: optional4, thread_id: string3 } }] };

export const REQUEST_SHAPES: Readonly<Record<string, RequestShapes>> = {
  'approval.list': { payload: { is: 'object', fields: { status: { is: 'optional', of: enum1 }, kind: { is: 'optional', of: { is: 'array', of: enum2, max: 8 } }, conversation_key: optional4, turn_id: optional6, limit: { is: 'default', of: number7, value: 100 }, cursor: optional9 } }, result: { is: 'object', fields: { approvals: { is: 'array', of: object21 }, next_cursor: optional22 } } },
  'approval.resolve': { payload: { is: 'object', fields: { approval_id: string5, decision: { is: 'enum', values: ['approved', 'denied'] }, reason: optional24, mode: { is: 'optional', of: { is: 'enum', values: ['once', 'always'] } }, overrides: { is: 'optional', of: { is: 'array', of: { is: 'object', fields: { tool_id: string3, pattern: string3, workspace_id: optional6 } }, max: 64 } } } }, result: { is: 'object', fields: { approval: object21, created_overrides: { is: 'optional', of: { is: 'array', of: object25 } } } } },
  'artifact.get': { payload: { is: 'object', fields: { artifact_id: string5 } }, result: object32 },
  'artifact.list': { payload: { is: 'object', fields: { turn_id: optional6, limit: optional33, cursor: optional9 } }, result: { is: 'object', fields: { artifacts: { is: 'array', of: object31 }, next_cursor: optional34 } } },
  'attempt.evidence': { payload: { is: 'object', fields: { turn_id: optional6, dispatch_id: string5, evidence: unknown10 } } },
  'capability.ready': { payload: { is: 'object', fields: { capabilities: { is: 'optional', of: array36 }, capability_states: { is: 'optional', of: { is: 'array', of: object38, max: 256 } } } } },
  'command.execute': { payload: { is: 'object', fields: { command: string23, agent_id: optional6, channel: optional4, thread_id: optional4, conversation_key: optional4 } }, result: { is: 'object', fields: { output: string15, data: optional11 } } },
  'connect.init': { payload: { is: 'object', fields: { protocol_rev: number39, role: enum40, device: { is: 'object', fields: { device_id: string41, pubkey: string42, label: optional4, platform: optional4, version: optional4, mode: optional4, device_type: { is: 'optional', of: { is: 'enum', values: ['phone', 'tablet', 'desktop', 'browser'] } }, device_platform: { is: 'optional', of: { is: 'enum', values: ['ios', 'android', 'macos', 'windows', 'linux', 'web'] } }, device_model: optional4 } }, capabilities: { is: 'default', of: array36, value: [] }, protocol_revs: { is: 'optional', of: { is: 'array', of: number39, min: 1, max: 16 }, since: 3 }, client_nonce: optional44, contract_hash: optional44, extensions: { is: 'optional', of: { is: 'array', of: object46, max: 64 }, since: 3 }, resume: { is: 'optional', of: object47, since: 3 } } }, result: { is: 'object', fields: { connection_id: string5, challenge: string43, protocol_rev: optional48, contract_hash: optional44, extensions: { is: 'optional', of: { is: 'array', of: object46 }, since: 3 }, gateway: { is: 'optional', of: { is: 'object', fields: { gateway_id: { is: 'string', like: /^gw_[a-z2-7]{52}$/ }, pubkey: string42 } }, since: 3 }, limits: { is: 'optional', of: { is: 'object', fields: { max_frame_bytes: number39, max_in_flight: number39, event_window: number39, heartbeat_ms: number39, ledger_window_ms: number39, log_window_ms: number39 } }, since: 3 }, durability: { is: 'optional', of: { is: 'enum', values: ['memory', 'disk', 'replicated'] }, since: 3 } } } },
  'connect.proof': { payload: { is: 'object', fields: { connection_id: string5, proof: string49 } }, result: { is: 'object', fields: { client_id: string5, device_id: string41, role: enum40, gateway_proof: { is: 'optional', of: string49, since: 3 }, recovery: { is: 'optional', of: { is: 'union', of: [{ is: 'object', fields: { outcome: { is: 'enum', values: ['fresh'] } } }, { is: 'object', fields: { outcome: { is: 'enum', values: ['resumed'] } } }, { is: 'object', fields: { outcome: { is: 'enum', values: ['snapshot_required'] }, reason: { is: 'enum', values: ['epoch_changed', 'trimmed', 'scope_changed', 'unknown_cursor', 'revision_changed'] } } }], by: 'outcome' }, since: 3 }, cursor: { is: 'optional', of: string45, since: 3 } } } },
  'conversation.archive': { payload: object50, result: object50 },
  'conversation.create': { payload: { is: 'object', fields: { agent_key: optional51, channel: optional51, title: { is: 'optional', of: { is: 'string', max: 512 }, since: 3 } } }, result: object61 },
  'conversation.delete': { payload: object62, result: object62 },
  'conversation.get': { payload: { is: 'object', fields: { conversation_id: string3, before: optional63, limit: optional64 } }, result: object61 },
  'conversation.list': { payload: { is: 'object', fields: { agent_key: optional4, channel: optional4, limit: optional33, cursor: optional9, archived: optional65 } }, result: object67 },
  'conversation.queue_mode.set': { payload: object68, result: object68 },
  'conversation.reconnect': { payload: { is: 'object', fields: { conversation_id: string3, headers: optional30, body: optional30, metadata: optional30 } }, result: { is: 'nullable', of: object69 } },
  'conversation.send': { payload: { is: 'object', fields: { conversation_id: string3, content: { is: 'array', of: object58, max: 1000 }, message_id: optional51, regenerate: optional65, metadata: optional30 } }, result: { is: 'object', fields: { message_id: string3, turn_id: string5 } }, before: { until: 2, payload: { is: 'object', fields: { conversation_id: string3, message_id: optional4, messages: { is: 'optional', of: array60 }, trigger: { is: 'enum', values: ['submit-message', 'regenerate-message'] }, headers: optional30, body: optional30, metadata: optional30 } }, result: object69 } },
  'events.ack': { payload: object47 },
  'events.subscribe': { payload: { is: 'object', fields: { types: { is: 'optional', of: { is: 'array', of: string3, max: 256 } }, scopes: { is: 'optional', of: { is: 'array', of: union70, max: 256 } } } } },
  'location.beacon': { payload: { is: 'object', fields: { sample_id: string45, agent_key: optional51, recorded_at: string12, coords: object73, source: { is: 'optional', of: enum74 }, is_background: optional65 } }, result: { is: 'object', fields: { sample: { is: 'object', fields: { sample_id: string3, node_id: string3, agent_key: optional4, recorded_at: string12, coords: object73, source: enum74, is_background: boolean37 } }, events: { is: 'array', of: unknown10 } } } },
  'node.list': { payload: object75, result: { is: 'object', fields: { nodes: { is: 'array', of: object78 }, next_cursor: optional34 } } },
  'pairing.approve': { payload: { is: 'object', fields: { pairing_id: number39, reason: optional24, trust_level: enum79, capability_allowlist: array36 } }, result: object82 },
  'pairing.deny': { payload: object83, result: object82 },
  'pairing.list': { payload: { is: 'object', fields: { status: { is: 'optional', of: enum80 }, limit: optional33, cursor: optional9 } }, result: { is: 'object', fields: { pairings: { is: 'array', of: object81 }, next_cursor: optional34 } } },
  'pairing.revoke': { payload: object83, result: object82 },
  ping: { payload: object84 },
  'presence.beacon': { payload: { is: 'object', fields: { host: { is: 'optional', of: { is: 'string', min: 1, max: 256 } }, ip: optional85, version: optional85, mode: optional86, last_input_seconds: optional27, metadata: optional30 } }, result: object88 },
  'presence.list': { payload: object75, result: { is: 'object', fields: { entries: { is: 'array', of: object87 }, next_cursor: optional34 } } },
  'request.status': { payload: { is: 'object', fields: { type: string45, request_id: optional51, idempotency_key: optional51 } }, result: { is: 'object', fields: { status: { is: 'enum', values: ['unknown', 'executing', 'completed', 'outcome_unknown'] }, response: { is: 'optional', of: { is: 'object', fields: { ok: boolean37, result: optional11, error: { is: 'optional', of: { is: 'object', fields: { code: { is: 'enum', values: ['contract_error', 'unauthorized', 'forbidden', 'not_found', 'conflict', 'idempotency_conflict', 'invalid_state', 'unsupported_operation', 'revision_unsupported', 'contract_mismatch', 'rate_limited', 'overloaded', 'outcome_unknown', 'unavailable', 'timeout', 'cancelled', 'internal'] }, message: string15, details: optional11, retryable: optional77, retry_after_ms: optional89 } } } } } } } } },
  'task.abort': { payload: { is: 'object', fields: { dispatch_id: string5, reason: optional4 } } },
  'task.cancel': { payload: { is: 'object', fields: { task_id: string5, reason: optional90 } }, result: object97 },
  'task.execute': { payload: { is: 'object', fields: { turn_id: optional6, dispatch_id: string5, action: object92, lease_expires_at: { is: 'optional', of: string12, since: 3 }, attempt: optional48, deadline_ms: optional48 } }, result: { is: 'object', fields: { result: optional11, evidence: optional11 } } },
  'task.get': { payload: { is: 'object', fields: { task_id: string5 } }, result: object97 },
  'task.list': { payload: { is: 'object', fields: { statuses: { is: 'optional', of: { is: 'array', of: enum91, max: 6 } }, turn_id: optional6, limit: optional33, cursor: optional9 } }, result: { is: 'object', fields: { tasks: { is: 'array', of: object96 }, next_cursor: optional34 } } },
  'task.progress': { payload: { is: 'object', fields: { dispatch_id: string5, fraction: optional98, message: optional24 } } },
  'task.submit': { payload: { is: 'object', fields: { action: object92, node_id: optional93, capability: optional51, deadline_ms: { is: 'optional', of: { is: 'number', min: 1, max: 604800000, whole: true } }, turn_id: optional6 } }, result: object97 },
  'transcript.get': { payload: { is: 'object', fields: { conversation_key: string3, before: optional63, limit: optional64 } }, result: { is: 'object', fields: { conversation: object66, messages: array60, messages_before: optional99 } } },
  'transcript.list': { payload: { is: 'object', fields: { agent_key: optional4, channel: optional4, archived: optional65, active_only: optional65, limit: optional33, cursor: optional9 } }, result: object67 },
  'turn.cancel': { payload: { is: 'object', fields: { turn_id: string5, reason: optional90 } }, result: { is: 'object', fields: { turn: object104 } } },
  'turn.get': { payload: { is: 'object', fields: { turn_id: string5 } }, result: { is: 'object', fields: { turn: object104, items: { is: 'array', of: object105 } } } },
  'turn.list': { payload: { is: 'object', fields: { statuses: { is: 'optional', of: { is: 'array', of: enum100, max: 6 } }, limit: optional33, cursor: optional63, conversation_id: optional103 } }, result: { is: 'object', fields: { turns: { is: 'array', of: { is: 'object', fields: { turn: object104, agent_key: optional4, conversation_key: optional4, trigger_kind: optional4 } } }, next_cursor: optional99 } } },
  'workflow.cancel': { payload: { is: 'object', fields: { workflow_run_id: string5, reason: optional90 } }, result: { is: 'object', fields: { workflow_run_id: string5, cancelled: boolean37 } } },
  'workflow.get': { payload: { is: 'object', fields: { workflow_run_id: string5 } }, result: { is: 'object', fields: { workflow_run: object106, resume_token: optional4 } } },
  'workflow.resume': { payload: { is: 'object', fields: { token: string3 } }, result: { is: 'object', fields: { workflow_run_id: string5, resumed: boolean37 } } },
  'workflow.start': { payload: { is: 'object', fields: { conversation_key: string3, plan_id: optional51, request_id: optional51, steps: { is: 'array', of: object92, min: 1, max: 256 }, budgets: optional102 } }, result: { is: 'object', fields: { workflow_run_id: string5, plan_id: string3, request_id: string3, conversation_key: string3, steps_count: number39 } } },
};

export const EVENT_SHAPES: Readonly<Record<string, Shape>> = {
  'approval.updated': { is: 'object', fields: { approval: object21 } },
  'artifact.attached': { is: 'object', fields: { artifact: object31, turn_id: string5, turn_item_id: optional6, workflow_run_step_id: optional6, dispatch_id: optional6 } },
  'artifact.created': object32,
  'artifact.fetched': { is: 'object', fields: { artifact: object31, fetched_by: string3 } },
  'attempt.evidence': { is: 'object', fields: { node_id: string3, turn_id: optional6, dispatch_id: string5, evidence: unknown10 } },
  'auth.failed': { is: 'object', fields: { surface: string3, reason: string3, transport: string3, client_ip: optional4, user_agent: optional22, request_id: optional4 } },
  'authz.denied': { is: 'object', fields: { surface: string3, reason: string3, token: record29, required_scopes: array28, request_type: optional4, request_id: optional4, client_id: optional4 } },
  'capability.ready': { is: 'object', fields: { node_id: string3, capabilities: { is: 'optional', of: array76 }, capability_states: { is: 'optional', of: { is: 'array', of: object38 } } } },
  'chat.ui-message.stream': { is: 'union', of: [{ is: 'object', fields: { stream_id: string3, stage: { is: 'enum', values: ['chunk'] }, chunk: unknown10 } }, { is: 'object', fields: { stream_id: string3, stage: { is: 'enum', values: ['error'] }, error: { is: 'object', fields: { message: string15 } } } }, { is: 'object', fields: { stream_id: string3, stage: { is: 'enum', values: ['done'] } } }], by: 'stage' },
  'context_report.created': { is: 'object', fields: { turn_id: string5, report: unknown10 } },
  'conversation.created': object107,
  'conversation.deleted': object62,
  'conversation.updated': object107,
  'delivery.receipt': { is: 'object', fields: { conversation_id: string3, channel: string3, thread_id: string3, status: { is: 'optional', of: { is: 'enum', values: ['sent', 'failed'] } }, receipt: optional11, error: optional95 } },
  error: object94,
  'events.bookmark': object84,
  'formatting.fallback': { is: 'object', fields: { conversation_id: string3, message_id: string3, reason: string15 } },
  'gateway.draining': { is: 'object', fields: { reconnect_after_ms: number26 } },
  'message.delta': { is: 'object', fields: { conversation_id: string3, message_id: string3, role: enum108, thread_id: optional4, delta: string15, offset: optional89, turn_id: optional109, requested_by: optional110 } },
  'message.final': { is: 'object', fields: { conversation_id: string3, message_id: string3, role: enum108, thread_id: optional4, content: string15, streamed: optional89, turn_id: optional109, requested_by: optional110 } },
  'pairing.updated': { is: 'object', fields: { pairing: object81, scoped_token: optional4 } },
  'policy_override.created': object111,
  'policy_override.expired': object111,
  'policy_override.revoked': object111,
  'presence.pruned': { is: 'object', fields: { instance_id: string3 } },
  'presence.upserted': object88,
  'reasoning.delta': { is: 'object', fields: { conversation_id: string3, reasoning_id: string3, thread_id: optional4, delta: string15, offset: optional89, turn_id: optional109, requested_by: optional110 } },
  'reasoning.final': { is: 'object', fields: { conversation_id: string3, reasoning_id: string3, thread_id: optional4, content: string15, streamed: optional89, turn_id: optional109, requested_by: optional110 } },
  'task.progress': { is: 'object', fields: { dispatch_id: string5, fraction: optional98, message: optional4 } },
  'task.updated': object97,
  'tool.lifecycle': { is: 'object', fields: { conversation_id: string3, thread_id: string3, tool_call_id: string3, tool_id: string3, status: string3, summary: string15, duration_ms: optional27, error: optional22, turn_id: optional6, agent_id: optional6, workspace_id: optional6, channel: optional4 } },
  'turn.blocked': { is: 'object', fields: { turn_id: string5, reason: enum101, approval_id: optional6, detail: optional4 } },
  'turn.cancelled': { is: 'object', fields: { turn_id: string5, reason: optional4, requested_by: optional110 } },
  'turn.completed': object112,
  'turn.failed': { is: 'object', fields: { turn_id: string5, conversation_id: optional103, requested_by: optional110, error: { is: 'optional', of: object94, since: 3 } } },
  'turn.item.created': { is: 'object', fields: { turn_item: object105 } },
  'turn.queued': object112,
  'turn.resumed': object112,
  'turn.started': object112,
  'turn.updated': { is: 'object', fields: { turn: object104, trigger_kind: optional4 } },
  'typing.started': union113,
  'typing.stopped': union113,
  'usage.snapshot': { is: 'object', fields: { scope: union70, local: { is: 'object', fields: { totals: { is: 'object', fields: { duration_ms: number26, input_tokens: number26, output_tokens: number26, total_tokens: number26, usd_micros: number26 } } } }, provider: nullable17 } },
  'workflow.updated': { is: 'object', fields: { workflow_run: object106 } },
};
