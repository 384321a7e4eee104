import { type Approval, type Payload, type PolicyOverride, ProtocolError, type Tyrum } from '@tyrum/contracts';
import type { Caller } from '../../engine/requests/handlers.ts';
import { jsonBytes, MOST_OVERRIDE_BYTES } from '../json-size.ts';
import { createOverride, type OverrideServices, type OverrideTerms } from '../overrides/override-transitions.ts';
import { contractError } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';

type Resolve = Payload<Tyrum, 'approval.resolve'>;
type Asked = NonNullable<Resolve['overrides']>[number];

/** Refuses what contradicts itself: only a yes can stand, and only `always` makes it stand. */
export function refuseContradiction({ decision, mode, overrides = [] }: Resolve): void {
  if (mode === 'always' && decision === 'denied') {
    throw contractError(
      ['payload', 'mode'],
      'expected `once` beside `denied`: only an approval can stand for later ones',
    );
  }
  if (mode !== 'always' && overrides.length > 0) {
    throw contractError(['payload', 'overrides'], 'expected overrides beside the mode `always` only');
  }
  if (jsonBytes(overrides) > MOST_OVERRIDE_BYTES) {
    throw contractError(['payload', 'overrides'], `expected at most ${MOST_OVERRIDE_BYTES} bytes of JSON`);
  }
}

/**
 * Makes the overrides of an approval that stands: those that were asked for, or else one for exactly what it was about.
 *
 * @throws {ProtocolError} `invalid_state` for an approval that names no agent; `contract_error` where neither the answer nor the
 * approval says for what it shall stand
 */
export async function makeItStand(
  unit: TenantUnit,
  services: OverrideServices,
  approval: Approval,
  { overrides = [] }: Resolve,
  { deviceId }: Caller,
): Promise<PolicyOverride[]> {
  const { approval_id, agent_id } = approval;
  if (agent_id === undefined) {
    throw new ProtocolError('invalid_state', 'the approval names no agent whose later questions it could answer');
  }
  const made: PolicyOverride[] = [];
  for (const asked of overrides.length === 0 ? [exactly(approval)] : overrides) {
    const terms: OverrideTerms = {
      agent_id,
      ...asked,
      created_by: { kind: 'human', device_id: deviceId },
      created_from_approval_id: approval_id,
      expires_at: null,
    };
    made.push(await createOverride(unit, services, terms));
  }
  return made;
}

function exactly({ tool }: Approval): Asked {
  const hint = 'expected what the approval shall stand for';
  if (tool === undefined) throw contractError(['payload', 'overrides'], `${hint}: it is about no tool`);
  const { tool_id, target, workspace_id } = tool;
  if (target.includes('*')) throw contractError(['payload', 'overrides'], `${hint}: its target has a \`*\` itself`);
  return { tool_id, pattern: target, ...(workspace_id === undefined ? {} : { workspace_id }) };
}
