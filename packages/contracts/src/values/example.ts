import type { Approval, PolicyOverride } from '../schemas/approval.ts';
import type { Artifact } from '../schemas/artifact.ts';
import type { ConversationSummary } from '../schemas/conversation.ts';
import type { UIMessage } from '../schemas/message.ts';
import type { Pairing } from '../schemas/pairing.ts';
import type { Presence } from '../schemas/presence.ts';
import type { Task } from '../schemas/task.ts';
import type { Turn } from '../schemas/turn.ts';
import type { WorkflowRun } from '../schemas/workflow.ts';

/** Values that the examples of the definitions share. They are well-formed, not secret and not meaningful. */
export const EXAMPLE = {
  uuid: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  otherUuid: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  time: '2026-01-02T03:04:05.678Z',
  nonce: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  hash: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
  signature: 'A'.repeat(86),
  cursor: 'AAAB.7.k3',
  device: {
    device_id: 'dev_aqbrgcr4gvjgg3zm3xkzhoduyaas2vh5xhxf5mlfkwkb64cnvb5a',
    pubkey: `MCowBQYDK2VwAyEA${'A'.repeat(43)}`,
  },
} as const;

export const exampleMessage: UIMessage = {
  id: 'msg_1',
  role: 'assistant',
  parts: [{ type: 'text', text: 'hello' }],
};

export const exampleConversation: ConversationSummary = {
  conversation_id: 'conv_1',
  agent_key: 'default',
  channel: 'api',
  thread_id: 'conv_1',
  title: '',
  message_count: 1,
  created_at: EXAMPLE.time,
  updated_at: EXAMPLE.time,
  last_message: { role: 'user', text: 'hello' },
  archived: false,
};

export const exampleTurn: Turn = {
  turn_id: EXAMPLE.uuid,
  job_id: EXAMPLE.otherUuid,
  conversation_key: 'agent:default:main',
  status: 'running',
  attempt: 1,
  created_at: EXAMPLE.time,
  started_at: EXAMPLE.time,
  finished_at: null,
  conversation_id: 'conv_1',
};

export const exampleTask: Task = {
  task_id: EXAMPLE.uuid,
  status: 'queued',
  action: { type: 'CLI', args: { name: 'uptime' } },
  capability: 'shell.run',
  attempt: 0,
  created_at: EXAMPLE.time,
  deadline_at: null,
  lease_expires_at: null,
  finished_at: null,
};

export const examplePairing: Pairing = {
  pairing_id: 1,
  status: 'awaiting_human',
  motivation: 'the node connected for the first time',
  requested_at: EXAMPLE.time,
  node: {
    node_id: EXAMPLE.device.device_id,
    capabilities: [{ id: 'shell.run', version: '1.0.0' }],
    last_seen_at: EXAMPLE.time,
  },
  capability_allowlist: [],
  latest_review: null,
};

export const exampleApproval: Approval = {
  approval_id: EXAMPLE.uuid,
  approval_key: 'deploy',
  kind: 'intent',
  status: 'awaiting_human',
  prompt: 'Deploy to production?',
  motivation: 'the release is tagged',
  created_at: EXAMPLE.time,
  latest_review: null,
};

export const examplePolicyOverride: PolicyOverride = {
  policy_override_id: EXAMPLE.uuid,
  status: 'active',
  created_at: EXAMPLE.time,
  agent_id: EXAMPLE.otherUuid,
  tool_id: 'shell',
  pattern: 'git *',
};

export const examplePresence: Presence = {
  instance_id: `client/${EXAMPLE.device.device_id}`,
  role: 'client',
  mode: 'cli',
  last_seen_at: EXAMPLE.time,
};

export const exampleArtifact: Artifact = {
  artifact_id: EXAMPLE.uuid,
  uri: `artifact:${EXAMPLE.uuid}`,
  external_url: `https://gateway.example/artifacts/${EXAMPLE.uuid}`,
  kind: 'log',
  media_class: 'document',
  created_at: EXAMPLE.time,
  filename: 'build.log',
};

export const exampleWorkflowRun: WorkflowRun = {
  workflow_run_id: EXAMPLE.uuid,
  plan_id: 'plan-1',
  request_id: 'req-1',
  conversation_key: 'agent:default:main',
  status: 'running',
  steps: [],
  created_at: EXAMPLE.time,
  finished_at: null,
};
