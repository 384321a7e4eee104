import type { ErrorFrameBody, ProtocolError, RequestView } from '@tyrum/contracts';

/** How a request ended, at the current revision, before it is said on a connection. */
export type Outcome =
  | {
      readonly ok: true;
      /** JSON text of the result; `undefined` for a void one. */
      readonly result: string | undefined;
      readonly replayed?: boolean;
      /** Position at which the read was true or the write committed. */
      readonly asOf?: { readonly position: number; readonly eventId: string };
    }
  | { readonly ok: false; readonly error: ProtocolError; readonly replayed?: boolean };

export interface Saying {
  readonly requestId: string;
  readonly type: string;
  readonly revision: number;
  /** Whether this is the newest revision: then the result is said as it is. */
  readonly current: boolean;
  readonly view: RequestView | undefined;
  readonly asOfCursor: (asOf: { readonly position: number; readonly eventId: string }) => string | undefined;
}

/** The text of a response at a revision, built around the result's own text. */
export function sayResponse(outcome: Outcome, saying: Saying): string {
  const head = `{"request_id":${JSON.stringify(saying.requestId)},"type":${JSON.stringify(saying.type)}`;
  const mutual = saying.revision >= 3;
  if (!outcome.ok) {
    const instead = saying.current ? undefined : saying.view?.downError({ code: outcome.error.code, details: outcome.error.details });
    if (instead !== undefined) return `${head},"ok":true,"result":${JSON.stringify(instead.result)}}`;
    return `${head},"ok":false,"error":${JSON.stringify(errorBody(outcome.error, saying.revision))}}`;
  }
  const replayed = mutual && outcome.replayed === true ? ',"replayed":true' : '';
  const result = resultText(outcome.result, saying);
  const cursor = mutual && outcome.asOf !== undefined ? saying.asOfCursor(outcome.asOf) : undefined;
  const asOf = cursor === undefined ? '' : `,"as_of":"${cursor}"`;
  return `${head},"ok":true${result === undefined ? '' : `,"result":${result}`}${replayed}${asOf}}`;
}

function resultText(result: string | undefined, { current, view }: Saying): string | undefined {
  if (result === undefined || current || view === undefined) return result;
  if (view.result === undefined) return undefined;
  return JSON.stringify(view.result.parse(view.down(JSON.parse(result))));
}

/** An error as a revision says it. */
export function errorBody(error: ProtocolError, revision: number): ErrorFrameBody {
  return {
    code: error.code,
    message: error.message,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(revision >= 3 ? { retryable: error.retryable } : {}),
    ...(revision >= 3 && error.retryAfterMs !== undefined ? { retry_after_ms: error.retryAfterMs } : {}),
  };
}
