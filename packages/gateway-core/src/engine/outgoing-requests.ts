import { type Clock, issuesOf, ProtocolError, type Random, randomUuid, type ResponseFrame, type RevisionView } from '@tyrum/contracts';
import type { PeerRequestOptions } from './peer.ts';

/** The requests that this gateway has sent on one connection and that are not answered yet. */
export interface OutgoingRequests {
  request(type: string, payload: unknown, options?: PeerRequestOptions): Promise<unknown>;
  /** Takes a response; answers whether anybody had asked for it. */
  settle(frame: ResponseFrame): boolean;
  /** The connection is gone: everything open ends as `unavailable`. */
  abandon(): void;
}

/** How long an answer is waited for when the caller does not say. */
const DEFAULT_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly type: string;
  resolve(result: unknown): void;
  reject(error: ProtocolError): void;
}

export function createOutgoingRequests(options: {
  view: RevisionView;
  clock: Clock;
  random: Random;
  send: (text: string) => void;
}): OutgoingRequests {
  const { view, clock, random, send } = options;
  const waiting = new Map<string, Waiting>();
  let open = true;

  return {
    request(type, payload, { requestId = randomUuid(random), timeoutMs = DEFAULT_TIMEOUT_MS, signal } = {}) {
      const request = view.requests.get(type);
      if (request === undefined || request.definition.direction === 'to_gateway') {
        return Promise.reject(new ProtocolError('unsupported_operation', `the peer has no ${type} at revision ${view.revision}`));
      }
      if (!open) return Promise.reject(gone(type));
      if (waiting.has(requestId)) {
        return Promise.reject(new ProtocolError('invalid_state', `${type} is already under way under this request id`));
      }
      if (signal?.aborted) return Promise.reject(new ProtocolError('cancelled', `${type} was cancelled`));
      // What leaves is valid at the peer's revision: keys that it does not have stay here.
      const said = request.payload.parse(payload);
      return new Promise((resolve, reject) => {
        const finish = () => {
          waiting.delete(requestId);
          stopTimer();
          signal?.removeEventListener('abort', onAbort);
        };
        const fail = (error: ProtocolError) => {
          finish();
          reject(error);
        };
        const onAbort = () => fail(new ProtocolError('cancelled', `${type} was cancelled`));
        const stopTimer = clock.after(timeoutMs, () => fail(new ProtocolError('timeout', `${type} was not answered in ${timeoutMs} ms`)));
        signal?.addEventListener('abort', onAbort);
        waiting.set(requestId, {
          type,
          resolve: (result) => {
            finish();
            resolve(result);
          },
          reject: fail,
        });
        send(JSON.stringify({ request_id: requestId, type, payload: said }));
      });
    },
    settle(frame) {
      const asked = waiting.get(frame.request_id);
      if (asked === undefined || asked.type !== frame.type) return false;
      if (!frame.ok) {
        const { code, message, details, retry_after_ms } = frame.error;
        asked.reject(
          new ProtocolError(code, message, { details, ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }) }),
        );
        return true;
      }
      const schema = view.requests.get(frame.type)?.result;
      if (schema === undefined) {
        asked.resolve(undefined);
        return true;
      }
      const parsed = schema.safeParse(frame.result ?? {});
      if (parsed.success) asked.resolve(parsed.data);
      else {
        asked.reject(
          new ProtocolError('contract_error', `the peer answered ${frame.type} with another shape`, {
            details: { issues: issuesOf(parsed.error, 'result') },
          }),
        );
      }
      return true;
    },
    abandon() {
      open = false;
      for (const { type, reject } of [...waiting.values()]) reject(gone(type));
    },
  };
}

function gone(type: string): ProtocolError {
  return new ProtocolError('unavailable', `the connection closed before ${type} was answered`);
}
