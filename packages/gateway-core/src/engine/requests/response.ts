import { type ErrorFrameBody, mustFit, type ProtocolError, type RevisionView } from '@tyrum/contracts';

/** Where an outcome stands in the log. */
export interface AsOf {
  readonly position: number;
  readonly eventId: string;
}

/** Tells the cursors of one connection. */
export interface CursorSource {
  /** The cursor at a place; `undefined` at a revision without cursors. */
  cursorAt(place: AsOf): string | undefined;
}

/** How a request ended, at the current revision, before it is said on a connection. */
export type Outcome =
  | {
      readonly ok: true;
      /** JSON text of the result; `undefined` for a void one. */
      readonly result: string | undefined;
      readonly replayed?: boolean;
      /** Where the read was true or the write committed. */
      readonly asOf?: AsOf;
    }
  | { readonly ok: false; readonly error: ProtocolError; readonly replayed?: boolean };

export interface Saying {
  readonly requestId: string;
  readonly type: string;
  readonly view: RevisionView;
  /** Whether this is the newest revision: then the result is said as it is. */
  readonly current: boolean;
  /** Absent for a response over no connection. */
  readonly cursors?: CursorSource;
}

/** The text of a response at a revision, built around the result's own text. */
export function sayResponse(outcome: Outcome, saying: Saying): string {
  const { requestId, type, view } = saying;
  const said = sayOutcome(outcome, type, view, saying.current);
  const mutual = view.revision >= 3;
  const replayed = mutual && outcome.ok && outcome.replayed === true ? ',"replayed":true' : '';
  const cursor =
    mutual && outcome.ok && outcome.asOf !== undefined ? saying.cursors?.cursorAt(outcome.asOf) : undefined;
  const asOf = cursor === undefined ? '' : `,"as_of":"${cursor}"`;
  return `{"request_id":${JSON.stringify(requestId)},"type":${JSON.stringify(type)},${said}${replayed}${asOf}}`;
}

/** What an outcome is at a revision, as the members of a JSON object: `"ok":true`, with a result or an error. */
export function sayOutcome(outcome: Outcome, type: string, view: RevisionView, current: boolean): string {
  if (outcome.ok) {
    const result = resultText(outcome.result, type, view, current);
    return result === undefined ? '"ok":true' : `"ok":true,"result":${result}`;
  }
  const { error } = outcome;
  const instead = current
    ? undefined
    : view.requests.get(type)?.downError({ code: error.code, details: error.details });
  if (instead !== undefined) return `"ok":true,"result":${JSON.stringify(instead.result)}`;
  return `"ok":false,"error":${JSON.stringify(errorBody(error, view.revision))}`;
}

function resultText(
  result: string | undefined,
  type: string,
  view: RevisionView,
  current: boolean,
): string | undefined {
  if (result === undefined || current) return result;
  const request = view.requests.get(type);
  if (request?.result === undefined) return undefined;
  return JSON.stringify(mustFit(request.result, request.down(JSON.parse(result)), 'result'));
}

/** An error as a revision says it. */
function errorBody(error: ProtocolError, revision: number): ErrorFrameBody {
  return {
    code: error.code,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(revision >= 3 ? { retryable: error.retryable } : {}),
    ...(revision >= 3 && error.retryAfterMs !== undefined ? { retry_after_ms: error.retryAfterMs } : {}),
  };
}
