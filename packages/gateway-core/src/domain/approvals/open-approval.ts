import { type Approval, type PolicyOverride, randomUuid } from '@tyrum/contracts';
import type { ApprovalPolicy, ApprovalRuling, NewApproval } from '../../ports/approvals.ts';
import type { Crypto } from '../../ports/crypto.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { agentIdOf, agentKeyIn } from '../agent-id.ts';
import { causeOf } from '../background.ts';
import { jsonBytes, MOST_QUESTION_BYTES } from '../json-size.ts';
import type { Judgement } from '../new-review.ts';
import { fittingOverride } from '../overrides/override-records.ts';
import { contractError } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { isUuid } from '../uuid.ts';
import { wireTime } from '../wire-time.ts';
import { type ApprovalRecord, findByKey } from './approval-records.ts';
import { type ApprovalServices, saveApproval, withReview } from './approval-transitions.ts';

export interface OpeningServices extends ApprovalServices {
  readonly crypto: Crypto;
  readonly policy: ApprovalPolicy | undefined;
  readonly telemetry: Telemetry;
}

/**
 * Asks a question, or finds the one of the same key [AP-1]. Afterwards a person has to decide, or the policy has.
 *
 * @throws {ProtocolError} `contract_error` for a question too large for a frame, or an `agentId` that is no UUID
 */
export async function openApproval(
  unit: TenantUnit,
  services: OpeningServices,
  question: NewApproval & Pick<ApprovalRecord, 'waiter'>,
): Promise<ApprovalRecord> {
  const earlier = await findByKey(unit.tx, unit.tenant, question.key);
  if (earlier !== undefined) return earlier;
  refuseUnsayable(question);

  const asked = approvalOf(question, services, unit.now);
  const override = await fittingOverride(unit, asked);
  const {
    ruling,
    expiresInMs = question.expiresInMs,
    ...said
  } = override === undefined ? ruleOn(asked, services) : STANDING;
  const judgement = { ...judgementOf(ruling, said), decision: override && decisionOf(override) };
  const approval = withReview(
    {
      ...asked,
      status: STATUSES[ruling],
      expires_at: expiresInMs === undefined ? null : wireTime(unit.now + expiresInMs),
    },
    services.random,
    unit.now,
    judgement,
  );
  const { waiter } = question;
  return saveApproval(unit, services.alarms, waiter === undefined ? { approval } : { approval, waiter });
}

function refuseUnsayable(question: NewApproval): void {
  for (const field of ['key', 'prompt', 'motivation'] as const) {
    if (question[field] === '') throw contractError([field], 'expected text that is not empty');
  }
  const { expiresInMs, agentId, tool } = question;
  if (expiresInMs !== undefined && !(expiresInMs > 0)) {
    throw contractError(['expiresInMs'], 'expected milliseconds above 0');
  }
  if (agentId !== undefined && !isUuid(agentId)) throw contractError(['agentId'], 'expected a UUID');
  if (tool !== undefined) {
    const { toolId, target, workspaceId } = tool;
    if (toolId === '') throw contractError(['tool', 'toolId'], 'expected text that is not empty');
    if (target === '') throw contractError(['tool', 'target'], 'expected text that is not empty');
    if (workspaceId !== undefined && !isUuid(workspaceId)) {
      throw contractError(['tool', 'workspaceId'], 'expected a UUID');
    }
  }
  if (jsonBytes(question) > MOST_QUESTION_BYTES) {
    throw contractError(['context'], `expected a question of at most ${MOST_QUESTION_BYTES} bytes of JSON`);
  }
}

function approvalOf(question: NewApproval, { random, crypto }: OpeningServices, now: number): Approval {
  const { key, kind = 'intent', prompt, motivation, context, scope, tool } = question;
  const agentKey = agentKeyIn(scope?.conversation_key ?? '');
  const agentId = question.agentId ?? (agentKey === undefined ? undefined : agentIdOf(agentKey, crypto));
  return {
    approval_id: randomUuid(random),
    approval_key: key,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    kind,
    status: 'queued',
    prompt,
    motivation,
    ...(context === undefined ? {} : { context }),
    ...(tool === undefined ? {} : { tool: wireTool(tool) }),
    ...(scope === undefined ? {} : { scope }),
    created_at: wireTime(now),
    latest_review: null,
  };
}

function wireTool({ toolId, target, workspaceId }: NonNullable<NewApproval['tool']>): Approval['tool'] {
  return { tool_id: toolId, target, ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }) };
}

/** What a standing answer says. */
const STANDING: ApprovalRuling = { ruling: 'approve', reason: 'a policy override answers it' };

function decisionOf({ policy_override_id }: PolicyOverride) {
  return { policy_override_id };
}

/** What the policy says. A mistake in it must neither answer a question nor lose it: then a person is asked. */
function ruleOn(approval: Approval, { policy, telemetry }: OpeningServices): ApprovalRuling {
  try {
    const ruled = policy?.(approval) ?? 'ask';
    return typeof ruled === 'string' ? { ruling: ruled } : ruled;
  } catch (error) {
    telemetry.log('error', 'the approval policy failed, so a person is asked', { cause: causeOf(error) });
    return { ruling: 'ask' };
  }
}

const STATES = {
  review: 'running',
  ask: 'requested_human',
  approve: 'approved',
  deny: 'denied',
  expire: 'expired',
} as const satisfies Record<ApprovalRuling['ruling'], Judgement['state']>;

const STATUSES = {
  ...STATES,
  review: 'reviewing',
  ask: 'awaiting_human',
} as const satisfies Record<ApprovalRuling['ruling'], Approval['status']>;

function judgementOf(
  ruling: ApprovalRuling['ruling'],
  { reason, riskLevel, riskScore }: Omit<ApprovalRuling, 'ruling'>,
): Judgement {
  return {
    state: STATES[ruling],
    reviewer: { kind: ruling === 'review' ? 'guardian' : 'system', id: null },
    reason: reason ?? null,
    risk: { level: riskLevel ?? null, score: riskScore ?? null },
  };
}
