import type { Approval, PolicyOverride } from '@tyrum/contracts';
import type { Collection } from '../../ports/store.ts';
import type { PagedList } from '../paging/newest-page.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { patternFits } from './override-pattern.ts';

export const OVERRIDE_STATUSES = [
  'active',
  'revoked',
  'expired',
] as const satisfies readonly PolicyOverride['status'][];

const byTime = ({ created_at, policy_override_id }: PolicyOverride) => [created_at, policy_override_id];

/** Policy overrides as the wire has them. */
export const overrides: Collection<PolicyOverride> = {
  name: 'policy_overrides',
  indexes: {
    status: (override) => [override.status, ...byTime(override)],
    /** What may answer a question about a tool. */
    tool: (override) =>
      override.status === 'active' ? [override.agent_id, override.tool_id, ...byTime(override)] : undefined,
    approval: ({ created_from_approval_id }) =>
      created_from_approval_id === undefined ? undefined : [created_from_approval_id],
  },
};

export const overrideList: PagedList<PolicyOverride> = {
  name: 'policy_overrides',
  collection: overrides,
  index: 'status',
  place: byTime,
  placeLength: 2,
};

/** Most active overrides of one agent for one tool: each question about the tool may have to look at all of them. */
export const MOST_PER_TOOL = 500;

/** The active overrides of an agent for a tool, oldest first. */
export async function activeFor(
  { tx, tenant }: TenantUnit,
  agentId: string,
  toolId: string,
): Promise<readonly PolicyOverride[]> {
  const query = { index: 'tool', prefix: [agentId, toolId], limit: MOST_PER_TOOL };
  return (await tx.documents.list(tenant, overrides, query)).items.map(({ value }) => value);
}

/** The override that answers a question, if one does [AP-5]. */
export async function fittingOverride(unit: TenantUnit, approval: Approval): Promise<PolicyOverride | undefined> {
  const { agent_id, tool } = approval;
  if (agent_id === undefined || tool === undefined) return undefined;
  return (await activeFor(unit, agent_id, tool.tool_id)).find(
    ({ pattern, workspace_id, expires_at }) =>
      (typeof expires_at !== 'string' || Date.parse(expires_at) > unit.now) &&
      (workspace_id === undefined || workspace_id === tool.workspace_id) &&
      patternFits(pattern, tool.target),
  );
}

/** The overrides that came of one approval. */
export async function overridesFrom({ tx, tenant }: TenantUnit, approvalId: string): Promise<PolicyOverride[]> {
  const query = { index: 'approval', prefix: [approvalId], limit: MOST_PER_TOOL };
  return (await tx.documents.list(tenant, overrides, query)).items.map(({ value }) => value);
}
