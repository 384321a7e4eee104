import {
  type Contract,
  describeIssue,
  existsAt,
  type Issue,
  ProtocolError,
  type RequestView,
  type RevisionView,
  readAs,
} from '@tyrum/contracts';
import type { Viewer } from './audience.ts';

export type Admission =
  | { readonly admitted: true; readonly view: RequestView /** At the current revision. */; readonly payload: unknown }
  | { readonly admitted: false; readonly error: ProtocolError };

/** Judges a request from a peer: revision, direction, role, scope, payload, in this order. The same on every transport. */
export function admit(
  contract: Contract,
  view: RevisionView,
  caller: Viewer,
  type: string,
  payload: unknown,
): Admission {
  const request = view.requests.get(type);
  if (request === undefined || (request.extension !== undefined && !caller.extensions.has(request.extension))) {
    return refuse(unsupported(contract, view, caller, type));
  }
  const { direction } = request.definition;
  if (direction === 'to_peer') {
    return refuse(new ProtocolError('unsupported_operation', `${type} is sent by the gateway, not to it`));
  }
  const problem = rightsProblem(request.definition, caller);
  if (problem !== undefined) return refuse(problem);
  const reading = readAs(request.payload, payload, 'payload');
  if (!reading.fits) return refuse(contractError(type, reading.issues));
  try {
    return { admitted: true, view: request, payload: request.up(reading.value) };
  } catch (error) {
    if (ProtocolError.is(error)) return refuse(error);
    throw error;
  }
}

/** Why the role or the scopes of a caller do not allow something, if they do not. The same on every transport. */
export function rightsProblem(
  { type, roles, scopes }: Pick<RequestView['definition'], 'type' | 'roles' | 'scopes'>,
  caller: Pick<Viewer, 'role' | 'scopes'>,
): ProtocolError | undefined {
  if (!(roles as readonly string[]).includes(caller.role)) {
    return new ProtocolError('forbidden', `${type} is not for the role ${caller.role}`, { details: { roles } });
  }
  if (scopes.length === 0 || scopes.some((scope) => caller.scopes.has(scope))) return undefined;
  return new ProtocolError('forbidden', `${type} needs ${scopes.length > 1 ? 'one of ' : ''}${scopes.join(', ')}`, {
    details: { required_scopes: scopes },
  });
}

/** The one answer to a frame or payload that does not fit. Keys are the peer's own text: a very long one is told short. */
export function contractError(type: string, issues: readonly Issue[]): ProtocolError {
  const told = issues.map(shortened);
  const [first] = told;
  const message = first === undefined ? 'does not fit the contract' : describeIssue(first);
  return new ProtocolError('contract_error', type === '' ? message : `${type}: ${message}`, {
    details: { issues: told },
  });
}

/** The same issue, no longer than a person would read. */
export function shortened({ path, message }: Issue): Issue {
  return { path: path.map((part) => (typeof part === 'string' ? cut(part, 256) : part)), message: cut(message, 512) };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function unsupported(contract: Contract, view: RevisionView, caller: Viewer, type: string): ProtocolError {
  const known = contract.definitions.find((definition) => definition.kind === 'request' && definition.type === type);
  const extension = contract.extensions.find(({ definitions }) => known !== undefined && definitions.has(known));
  // What was not agreed does not exist for this peer, at whatever revision.
  if (
    known === undefined ||
    existsAt(known, view.revision) ||
    (extension !== undefined && !caller.extensions.has(extension.id))
  ) {
    return new ProtocolError('unsupported_operation', `${quoted(type)} is not an operation of this connection`);
  }
  const { since, until } = known;
  return new ProtocolError(
    'unsupported_operation',
    since > view.revision
      ? `${type} exists since revision ${since}; this connection speaks ${view.revision}`
      : `${type} ended with revision ${until}; this connection speaks ${view.revision}`,
    { details: until === undefined ? { since } : { since, until } },
  );
}

/** A type that nobody defined is the peer's text: it is repeated short. */
function quoted(type: string): string {
  return JSON.stringify(cut(type, 64));
}

function refuse(error: ProtocolError): Admission {
  return { admitted: false, error };
}
