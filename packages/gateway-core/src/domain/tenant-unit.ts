import type { Trace, Tyrum } from '@tyrum/contracts';
import type { RequestContext } from '../engine/requests/handlers.ts';
import type { Awaitable } from '../ports/store.ts';
import type { DomainServices, Unit } from './domain.ts';

/** One transaction of one tenant, whether a request or the domain itself began it. */
export interface TenantUnit extends Unit<Tyrum> {
  readonly tenant: string;
  /** The trace context of the request that began it, to be handed on to what it causes [FR-9]. */
  readonly trace: Trace | undefined;
}

/** The system's own tenant: what belongs to no one tenant is kept there. Nobody can connect to it. */
export const SYSTEM = '';

/** The transaction that a handler was given. */
export function unitOf(context: RequestContext<Tyrum>): TenantUnit {
  return named(context.caller.tenant, context.trace, context);
}

/** Runs work of the domain's own in a transaction of a tenant. */
export function inTenant<Value>(
  services: Pick<DomainServices, 'transact'>,
  tenant: string,
  work: (unit: TenantUnit) => Awaitable<Value>,
): Promise<Value> {
  return services.transact(tenant, (unit) => work(named(tenant, undefined, unit)));
}

function named(tenant: string, trace: Trace | undefined, unit: Unit<Tyrum>): TenantUnit {
  return {
    tenant,
    trace,
    tx: unit.tx,
    events: unit.events,
    now: unit.now,
    afterCommit: (action) => unit.afterCommit(action),
  };
}
