import type { Contract, EventPayloadInput, ProtocolError, Tyrum } from '@tyrum/contracts';
import type { Unit } from '../../domain/domain.ts';
import type { Principal } from '../../ports/authenticator.ts';
import type { Awaitable } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { causeText } from '../after-commit.ts';
import type { Caller } from '../requests/handlers.ts';
import { type Bucket, createBuckets } from './rate-limit.ts';

/** Tells the administrators of a tenant who was refused, at a bounded rate and without any secret [AZ-14]. */
export interface SecurityEvents {
  /** Somebody came without a token that is good for it. */
  authFailed(failure: AuthFailure, principal?: Principal): void;
  /** Somebody asked for what the token does not allow. */
  authzDenied(
    caller: Caller,
    asked: { readonly type: string; readonly requestId?: string },
    error: ProtocolError,
  ): void;
  /** Resolves when what was begun is written. */
  settled(): Promise<void>;
}

export type AuthFailure = EventPayloadInput<Tyrum, 'auth.failed'>;

export interface SecurityEventServices {
  readonly contract: Contract;
  readonly telemetry: Telemetry;
  readonly makeBucket: () => Bucket;
  readonly transact: <Value>(tenant: string, work: (unit: Unit<never>) => Awaitable<Value>) => Promise<Value>;
}

/** The tenant that hears of tokens that belong to none. */
const HOUSE = 'default';
/** What each tenant is told of each kind: a stranger who tries for ever must not fill the log. */
export const SECURITY_EVENT_RATE = { perSecond: 0.2, burst: 20 };
const MOST_BUCKETS = 1000;

export function createSecurityEvents(services: SecurityEventServices): SecurityEvents {
  const { contract, telemetry, makeBucket, transact } = services;
  const bucketOf = createBuckets(makeBucket, MOST_BUCKETS);
  const writing = new Set<Promise<void>>();

  function tell(tenant: string, type: 'auth.failed' | 'authz.denied', payload: unknown): void {
    if (!contract.current.events.has(type) || bucketOf(JSON.stringify([tenant, type])).take() > 0) return;
    const written = transact(tenant, ({ events }) => events.append(type as never, payload as never))
      .catch((cause: unknown) => telemetry.log('warn', `${type} could not be told`, { cause: causeText(cause) }))
      .finally(() => writing.delete(written));
    writing.add(written);
  }

  return {
    authFailed: (failure, principal) => tell(principal?.tenant ?? HOUSE, 'auth.failed', failure),
    authzDenied(caller, { type, requestId }, { details }) {
      const { required_scopes } = (details ?? {}) as { readonly required_scopes?: readonly string[] };
      const { tokenId: token_id, deviceId: device_id, role, scopes, connectionId } = caller;
      tell(caller.tenant, 'authz.denied', {
        surface: connectionId === undefined ? 'http' : 'ws',
        reason: required_scopes === undefined ? 'role' : 'scope',
        token: { token_id, device_id, role, scopes: [...scopes].sort() },
        required_scopes: [...(required_scopes ?? [])],
        request_type: type,
        ...(requestId === undefined ? {} : { request_id: requestId }),
        ...(connectionId === undefined ? {} : { client_id: connectionId }),
      });
    },
    async settled() {
      await Promise.all(writing);
    },
  };
}
