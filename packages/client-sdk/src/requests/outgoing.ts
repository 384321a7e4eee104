import type { Spoken, SpokenView, Trace } from '@tyrum/contracts';
import { ProtocolError } from '@tyrum/contracts/spoken';
import { isAgreed, type Session } from '../connection/session.ts';
import { sameJson } from './same-json.ts';

/** What a request says, fixed when it is made: every time it is sent again it is the same. */
export interface RequestWords {
  readonly requestId: string;
  readonly type: string;
  /** The payload as JSON. */
  readonly payload: string;
  readonly idempotencyKey: string | undefined;
  readonly trace: Trace | undefined;
}

/** The payload as it will be sent. @throws {ProtocolError} `contract_error` for what JSON cannot say. */
export function payloadText(type: string, payload: unknown): string {
  try {
    return JSON.stringify(payload ?? {});
  } catch (cause) {
    const details = { issues: [{ path: ['payload'], message: 'is not JSON' }] };
    throw new ProtocolError('contract_error', `${type}: the payload is not JSON`, { details, cause });
  }
}

/** Whether two payloads say the same, whatever the order of their keys. */
export function samePayload(one: string, other: string): boolean {
  return one === other || sameJson(JSON.parse(one), JSON.parse(other));
}

/**
 * Judges a request as its receiver will, so that a mistake is told here and at once, with the path of what is wrong.
 *
 * @param session the open one; without it nothing is agreed yet and `view` is what the client hopes for
 */
export function refusalOf(
  contract: Spoken,
  view: SpokenView,
  session: Session | undefined,
  type: string,
  payload: unknown,
): ProtocolError | undefined {
  const request = view.requests.get(type);
  const known = request !== undefined && request.definition.direction !== 'to_peer';
  if (!known || (session !== undefined && !isAgreed(session, request.extension))) {
    return unsupported(contract, view.revision, type);
  }
  const reading = request.readPayload(payload);
  if (reading.fits) return undefined;
  return new ProtocolError('contract_error', `${type}: ${reading.message}`, { details: { issues: reading.issues } });
}

function unsupported(contract: Spoken, revision: number, type: string): ProtocolError {
  const definition = contract.definitions.find((candidate) => candidate.kind === 'request' && candidate.type === type);
  const elsewhere = definition !== undefined && definition.since > revision;
  return new ProtocolError('unsupported_operation', `${type} does not exist at revision ${revision}`, {
    details: elsewhere ? { since: definition.since } : undefined,
  });
}

/** The id under which a request goes out: at revision 2 the ledger knows nothing but ids, so a key takes its place. */
export function wireIdAt(
  revision: number,
  { requestId, idempotencyKey }: Pick<RequestWords, 'requestId' | 'idempotencyKey'>,
): string {
  return revision >= 3 ? requestId : (idempotencyKey ?? requestId);
}

export function requestFrame(revision: number, words: RequestWords): string {
  const { type, payload, idempotencyKey, trace } = words;
  const head = `{"request_id":${JSON.stringify(wireIdAt(revision, words))},"type":${JSON.stringify(type)},"payload":${payload}`;
  const traced = trace === undefined ? '' : `,"trace":${JSON.stringify(trace)}`;
  const keyed =
    revision >= 3 && idempotencyKey !== undefined ? `,"idempotency_key":${JSON.stringify(idempotencyKey)}` : '';
  return `${head}${traced}${keyed}}`;
}
