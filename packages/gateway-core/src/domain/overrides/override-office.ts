import type { PolicyOverride } from '@tyrum/contracts';
import type { PolicyOverrideOffice } from '../../ports/policy-overrides.ts';
import type { DomainServices } from '../domain.ts';
import { jsonBytes, MOST_OVERRIDE_BYTES } from '../json-size.ts';
import { newestPage } from '../paging/newest-page.ts';
import { contractError, notFound } from '../refusals.ts';
import { inTenant, type TenantUnit } from '../tenant-unit.ts';
import { isUuid } from '../uuid.ts';
import { wireTime } from '../wire-time.ts';
import { OVERRIDE_STATUSES, overrideList, overrides } from './override-records.ts';
import { createOverride, endOverride, OVERRIDE_ALARM, type OverrideServices } from './override-transitions.ts';

export interface OverrideOfficeOptions extends OverrideServices {
  readonly services: Pick<DomainServices, 'transact'>;
}

const DEFAULT_PAGE = 100;

/** Standing answers as the embedder's own code has them, and the alarm by which they end. */
export function createOverrideOffice({ services, alarms, random }: OverrideOfficeOptions): PolicyOverrideOffice {
  alarms.on(OVERRIDE_ALARM, async (unit, overrideId) => {
    const override = await find(unit, overrideId);
    if (override?.status === 'active') await endOverride(unit, alarms, override, { status: 'expired' });
  });

  return {
    create: (tenant, { agentId, toolId, pattern, workspaceId, expiresInMs, createdBy }) =>
      inTenant(services, tenant, (unit) => {
        for (const [field, id] of [
          ['agentId', agentId],
          ['workspaceId', workspaceId],
        ] as const) {
          if (id !== undefined && !isUuid(id)) throw contractError([field], 'expected a UUID');
        }
        if (toolId === '') throw contractError(['toolId'], 'expected text that is not empty');
        if (pattern === '') throw contractError(['pattern'], 'expected text that is not empty');
        if (expiresInMs !== undefined && !(expiresInMs > 0)) {
          throw contractError(['expiresInMs'], 'expected milliseconds above 0');
        }
        const terms = {
          agent_id: agentId,
          tool_id: toolId,
          pattern,
          ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
          ...(createdBy === undefined ? {} : { created_by: createdBy }),
          expires_at: expiresInMs === undefined ? null : wireTime(unit.now + expiresInMs),
        };
        if (jsonBytes(terms) > MOST_OVERRIDE_BYTES) {
          throw contractError(['pattern'], `expected an override of at most ${MOST_OVERRIDE_BYTES} bytes of JSON`);
        }
        return createOverride(unit, { alarms, random }, terms);
      }),

    revoke: (tenant, overrideId, { who, reason } = {}) =>
      inTenant(services, tenant, async (unit) => {
        const override = await find(unit, overrideId);
        if (override === undefined) throw notFound('policy override', overrideId);
        if (override.status !== 'active') return override;
        return endOverride(unit, alarms, override, {
          status: 'revoked',
          revoked_at: wireTime(unit.now),
          ...(who === undefined ? {} : { revoked_by: who }),
          ...(reason === undefined ? {} : { revoked_reason: reason }),
        });
      }),

    list: (tenant, { status, limit = DEFAULT_PAGE, cursor } = {}) =>
      inTenant(services, tenant, async ({ tx }) => {
        const prefixes = (status === undefined ? OVERRIDE_STATUSES : [status]).map((one) => [one]);
        const { values, next } = await newestPage(tx.documents, tenant, overrideList, { prefixes, limit, cursor });
        return { overrides: values, next };
      }),
  };
}

async function find({ tx, tenant }: TenantUnit, overrideId: string): Promise<PolicyOverride | undefined> {
  return (await tx.documents.get(tenant, overrides, overrideId))?.value;
}
