import { issuesOf, type Issue, ProtocolError, type RequestView, type RevisionView, type Contract, describeIssue } from '@tyrum/contracts';
import type { Viewer } from './audience.ts';

export type Admission =
  | { readonly admitted: true; readonly view: RequestView; /** At the current revision. */ readonly payload: unknown }
  | { readonly admitted: false; readonly error: ProtocolError };

/** Judges a request from a peer: revision, direction, role, scope, payload, in this order. The same on every transport. */
export function admit(contract: Contract, view: RevisionView, caller: Viewer, type: string, payload: unknown): Admission {
  const request = view.requests.get(type);
  if (request === undefined || (request.extension !== undefined && !caller.extensions.has(request.extension))) {
    return refuse(unsupported(contract, view, type));
  }
  const { direction, roles, scopes } = request.definition;
  if (direction === 'to_peer') {
    return refuse(new ProtocolError('unsupported_operation', `${type} is sent by the gateway, not to it`));
  }
  if (!(roles as readonly string[]).includes(caller.role)) {
    return refuse(new ProtocolError('forbidden', `${type} is not for the role ${caller.role}`, { details: { roles } }));
  }
  if (scopes.length > 0 && !scopes.some((scope) => caller.scopes.has(scope))) {
    return refuse(
      new ProtocolError('forbidden', `${type} needs ${scopes.length > 1 ? 'one of ' : ''}${scopes.join(', ')}`, {
        details: { required_scopes: scopes },
      }),
    );
  }
  const parsed = request.payload.safeParse(payload);
  if (!parsed.success) return refuse(contractError(type, issuesOf(parsed.error, 'payload')));
  try {
    return { admitted: true, view: request, payload: request.up(parsed.data) };
  } catch (error) {
    if (ProtocolError.is(error)) return refuse(error);
    throw error;
  }
}

/** The one answer to a frame or payload that does not fit. */
export function contractError(type: string, issues: readonly Issue[]): ProtocolError {
  const first = issues[0];
  const message = first === undefined ? 'does not fit the contract' : describeIssue(first);
  return new ProtocolError('contract_error', type === '' ? message : `${type}: ${message}`, { details: { issues } });
}

function unsupported(contract: Contract, view: RevisionView, type: string): ProtocolError {
  const known = contract.definitions.find((definition) => definition.kind === 'request' && definition.type === type);
  if (known === undefined || known.since <= view.revision) {
    const until = known?.until !== undefined && known.until < view.revision ? { until: known.until } : undefined;
    return new ProtocolError('unsupported_operation', `${quoted(type)} is not an operation at revision ${view.revision}`, {
      ...(until === undefined ? {} : { details: until }),
    });
  }
  return new ProtocolError('unsupported_operation', `${type} exists since revision ${known.since}; this connection speaks ${view.revision}`, {
    details: { since: known.since },
  });
}

/** A type that nobody defined is the peer's text: it is repeated short. */
function quoted(type: string): string {
  return JSON.stringify(type.length > 64 ? `${type.slice(0, 64)}…` : type);
}

function refuse(error: ProtocolError): Admission {
  return { admitted: false, error };
}
