import { type PolicyOverride, ProtocolError, type Random, randomUuid } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { activeFor, MOST_PER_TOOL, overrides } from './override-records.ts';

export interface OverrideServices {
  readonly alarms: Alarms;
  readonly random: Random;
}

/** The one alarm of an override that expires. */
export const OVERRIDE_ALARM = 'policy_override';

export type OverrideTerms = Pick<
  PolicyOverride,
  'agent_id' | 'tool_id' | 'pattern' | 'workspace_id' | 'created_by' | 'created_from_approval_id' | 'expires_at'
>;

/**
 * Makes a standing answer.
 *
 * @throws {ProtocolError} `overloaded` when the agent has too many for the tool already
 */
export async function createOverride(
  unit: TenantUnit,
  { alarms, random }: OverrideServices,
  terms: OverrideTerms,
): Promise<PolicyOverride> {
  if ((await activeFor(unit, terms.agent_id, terms.tool_id)).length >= MOST_PER_TOOL) {
    throw new ProtocolError('overloaded', `an agent has at most ${MOST_PER_TOOL} active overrides for one tool`);
  }
  const override: PolicyOverride = {
    policy_override_id: randomUuid(random),
    status: 'active',
    created_at: wireTime(unit.now),
    ...terms,
  };
  const { policy_override_id, expires_at } = override;
  await unit.tx.documents.put(unit.tenant, overrides, policy_override_id, override, 0);
  await unit.events.append('policy_override.created', { override });
  if (typeof expires_at === 'string')
    await alarms.set(unit, OVERRIDE_ALARM, policy_override_id, Date.parse(expires_at));
  return override;
}

/** Ends a standing answer that is active. */
export async function endOverride(
  unit: TenantUnit,
  alarms: Alarms,
  override: PolicyOverride,
  end: Pick<PolicyOverride, 'revoked_at' | 'revoked_by' | 'revoked_reason'> & {
    readonly status: 'revoked' | 'expired';
  },
): Promise<PolicyOverride> {
  const ended = { ...override, ...end };
  await unit.tx.documents.put(unit.tenant, overrides, ended.policy_override_id, ended);
  await unit.events.append(`policy_override.${end.status}`, { override: ended });
  await alarms.clear(unit, OVERRIDE_ALARM, ended.policy_override_id);
  return ended;
}
