import { ProtocolError } from '@tyrum/contracts';

/** A `contract_error` for a rule that a schema cannot say, with the path of what is wrong [ER-3]. */
export function contractError(path: readonly (string | number)[], message: string): ProtocolError {
  return new ProtocolError('contract_error', `${path.join('.')}: ${message}`, {
    details: { issues: [{ path, message }] },
  });
}

/** A `not_found` that names what was looked for. */
export function notFound(what: string, id: string | number): ProtocolError {
  return new ProtocolError('not_found', `there is no ${what} ${id}`);
}
