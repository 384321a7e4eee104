import {
  type Clock,
  type Issue,
  isErrorCode,
  mustFit,
  ProtocolError,
  type Random,
  type ResponseFrame,
  type RevisionView,
  type Role,
  randomUuid,
  readAs,
} from '@tyrum/contracts';
import { shortened } from '../rights/admission.ts';
import type { PeerRequestOptions } from './peer.ts';

/** The requests that this gateway has sent on one connection and that are not answered yet. */
export interface OutgoingRequests {
  request(type: string, payload: unknown, options?: PeerRequestOptions): Promise<unknown>;
  /** Takes a response; answers whether anybody had asked for it. */
  settle(frame: ResponseFrame): boolean;
  /** A response came that cannot be read: its request will get no better one. Answers whether anybody had asked for it. */
  spoil(requestId: string, issue: Issue): boolean;
  /** The connection is gone: everything open ends as `unavailable`. */
  abandon(): void;
}

/** How long an answer is waited for when the caller does not say. */
const DEFAULT_TIMEOUT_MS = 30_000;
/** How many requests that nobody waits for any more are remembered: their answers are late, and not unasked for. */
const MOST_GIVEN_UP = 256;

interface Waiting {
  readonly type: string;
  resolve(result: unknown): void;
  reject(error: ProtocolError): void;
}

export function createOutgoingRequests(options: {
  view: RevisionView;
  role: Role;
  extensions: ReadonlySet<string>;
  clock: Clock;
  random: Random;
  send: (text: string) => void;
}): OutgoingRequests {
  const { view, role, extensions, clock, random, send } = options;
  const waiting = new Map<string, Waiting>();
  const givenUp = new Set<string>();
  let open = true;

  function giveUp(requestId: string): void {
    givenUp.add(requestId);
    if (givenUp.size > MOST_GIVEN_UP) givenUp.delete(givenUp.values().next().value as string);
  }

  async function request(type: string, payload: unknown, requestOptions: PeerRequestOptions): Promise<unknown> {
    const { requestId = randomUuid(random), timeoutMs = DEFAULT_TIMEOUT_MS, signal, trace } = requestOptions;
    const known = view.requests.get(type);
    const reachable =
      known !== undefined &&
      known.definition.direction !== 'to_gateway' &&
      known.definition.roles.includes(role) &&
      (known.extension === undefined || extensions.has(known.extension));
    if (!reachable) {
      throw new ProtocolError('unsupported_operation', `this ${role} has no ${type} at revision ${view.revision}`);
    }
    if (!open) throw gone(type);
    if (waiting.has(requestId)) {
      throw new ProtocolError('invalid_state', `${type} is already under way under this request id`);
    }
    if (signal?.aborted) throw new ProtocolError('cancelled', `${type} was cancelled`);
    // What leaves is valid at the peer's revision: keys that it does not have stay here.
    const said = mustFit(known.payloads.peer, payload, 'payload');
    givenUp.delete(requestId);
    return new Promise((resolve, reject) => {
      const finish = () => {
        waiting.delete(requestId);
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      const stopWaiting = (error: ProtocolError) => {
        finish();
        giveUp(requestId);
        reject(error);
      };
      const onAbort = () => stopWaiting(new ProtocolError('cancelled', `${type} was cancelled`));
      const stopTimer = clock.after(timeoutMs, () =>
        stopWaiting(new ProtocolError('timeout', `${type} was not answered in ${timeoutMs} ms`)),
      );
      signal?.addEventListener('abort', onAbort);
      waiting.set(requestId, {
        type,
        resolve(result) {
          finish();
          resolve(result);
        },
        reject(error) {
          finish();
          reject(error);
        },
      });
      send(JSON.stringify({ request_id: requestId, type, payload: said, trace }));
    });
  }

  function settle(frame: ResponseFrame): boolean {
    const asked = waiting.get(frame.request_id);
    if (asked === undefined) return givenUp.delete(frame.request_id);
    if (asked.type !== frame.type) return false;
    if (!frame.ok) {
      const { code, message, details, retryable, retry_after_ms } = frame.error;
      if (!isErrorCode(code)) {
        asked.reject(otherShape(frame.type, [{ path: ['error', 'code'], message: 'is not in the error table' }]));
        return true;
      }
      asked.reject(
        new ProtocolError(code, message, {
          details,
          ...(retryable === undefined ? {} : { retryable }),
          ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }),
        }),
      );
      return true;
    }
    const schema = view.requests.get(frame.type)?.results.gateway;
    if (schema === undefined) {
      asked.resolve(undefined);
      return true;
    }
    const reading = readAs(schema, frame.result ?? {}, 'result');
    if (reading.fits) asked.resolve(reading.value);
    else asked.reject(otherShape(frame.type, reading.issues));
    return true;
  }

  return {
    request: (type, payload, requestOptions = {}) => request(type, payload, requestOptions),
    settle,
    spoil(requestId, issue) {
      const asked = waiting.get(requestId);
      if (asked === undefined) return givenUp.delete(requestId);
      asked.reject(otherShape(asked.type, [issue]));
      return true;
    },
    abandon() {
      open = false;
      for (const { type, reject } of [...waiting.values()]) reject(gone(type));
    },
  };
}

function otherShape(type: string, issues: readonly Issue[]): ProtocolError {
  return new ProtocolError('contract_error', `the peer answered ${type} with another shape`, {
    details: { issues: issues.map(shortened) },
  });
}

function gone(type: string): ProtocolError {
  return new ProtocolError('unavailable', `the connection closed before ${type} was answered`);
}
