import { type Contract, type Decoded, decodeFrame, ERRORS, ProtocolError, type Random } from '@tyrum/contracts';
import type { Authenticator, Principal } from '../../ports/authenticator.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { toProtocolError } from '../failure.ts';
import { scopesOf } from '../handshake/role-scopes.ts';
import { contractError } from '../rights/admission.ts';
import type { Viewer } from '../rights/audience.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import type { SecurityEvents } from '../rights/security-events.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineOperationTarget } from './engine-operations.ts';
import type { Caller } from './handlers.ts';
import { type Outcome, sayResponse } from './response.ts';

/** One request that comes without a connection. */
export interface OneShotRequest {
  readonly token: string | undefined;
  /** The operation that the transport was asked for. */
  readonly type: string;
  /** The request frame. */
  readonly text: string;
}

export interface OneShotResponse {
  /** The HTTP status that says the same. */
  readonly status: number;
  /** The response frame. */
  readonly text: string;
}

export interface OneShotServices {
  readonly contract: Contract;
  readonly authenticator: Authenticator;
  readonly dispatcher: Dispatcher;
  readonly bucketOf: (device: string) => Bucket;
  readonly telemetry: Telemetry;
  readonly random: Random;
  readonly security: Pick<SecurityEvents, 'authFailed'>;
  readonly engineOperation: (target: EngineOperationTarget, type: string, payload: unknown) => Promise<Outcome>;
}

/**
 * Answers one request at the newest revision that is served, through the very admission, ledger and handlers that a connection has. The device
 * is the one that the token is bound to; a token without one stands for a device of its own, so that its repeats are found.
 * Extensions need a handshake and are not reached this way.
 */
export async function callOnce(services: OneShotServices, request: OneShotRequest): Promise<OneShotResponse> {
  const { contract, authenticator, dispatcher } = services;
  const view = contract.at(contract.served.at(-1) as number);
  const current = view.revision === contract.current.revision;
  const decoded = decodeFrame(request.text, { revision: view.revision, unknownKeys: 'refuse' });
  const requestId = requestIdOf(decoded);

  function answer(outcome: Outcome): OneShotResponse {
    const saying = { requestId, type: request.type, view, current };
    const status = outcome.ok ? 200 : ERRORS[outcome.error.code].httpStatus;
    try {
      return { status, text: sayResponse(outcome, saying) };
    } catch (cause) {
      // What cannot be said is our own bug; the caller still gets its one answer.
      const error = toProtocolError(cause, request.type, services.telemetry, services.random);
      return { status: ERRORS[error.code].httpStatus, text: sayResponse({ ok: false, error }, saying) };
    }
  }
  const refuse = (error: ProtocolError) => answer({ ok: false, error });

  let principal: Principal | undefined;
  try {
    principal = request.token === undefined ? undefined : await authenticator.authenticate(request.token);
  } catch (cause) {
    return refuse(toProtocolError(cause, request.type, services.telemetry, services.random));
  }
  if (principal === undefined) {
    const reason = request.token === undefined ? 'missing_token' : 'invalid_token';
    services.security.authFailed({ surface: 'rpc', reason, transport: 'http' });
    return refuse(new ProtocolError('unauthorized', 'the token is missing, unknown, expired or revoked'));
  }
  if (decoded.kind === 'malformed') return refuse(contractError(request.type, [decoded.issue]));
  if (decoded.kind !== 'request')
    return refuse(contractError(request.type, [{ path: [], message: 'expected a request' }]));
  if (decoded.frame.type !== request.type) {
    return refuse(
      contractError(request.type, [{ path: ['type'], message: `expected ${request.type}, as in the path` }]),
    );
  }
  const caller = callerOf(principal);
  const target: EngineOperationTarget = { tenant: caller.tenant, deviceId: caller.deviceId, view, current };
  return answer(
    await dispatcher.dispatch({
      frame: decoded.frame,
      view,
      caller,
      bucket: services.bucketOf(JSON.stringify([caller.tenant, caller.deviceId])),
      origin: { engineOperation: (type, payload) => services.engineOperation(target, type, payload) },
    }),
  );
}

/** The id to answer under; empty when none can be read. */
function requestIdOf(decoded: Decoded): string {
  if (decoded.kind === 'malformed') return decoded.request_id ?? '';
  return decoded.kind === 'request' ? decoded.frame.request_id : '';
}

/** Who asks without a connection. */
export function callerOf(principal: Principal): Caller & Viewer {
  const role = principal.roles.includes('client') ? 'client' : 'node';
  return {
    tenant: principal.tenant,
    deviceId: principal.deviceId ?? `token:${principal.tokenId}`,
    role,
    scopes: scopesOf(role, principal.scopes),
    tokenId: principal.tokenId,
    connectionId: undefined,
    extensions: new Set(),
  };
}
