import type { EventScope } from '../schemas/event-scope.ts';
import type { ErrorCode } from '../tables/errors.ts';

/** W3C trace context; anything else in it is relayed, never interpreted. */
export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
  readonly [other: string]: unknown;
}

export interface RequestFrame {
  readonly request_id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly trace?: Trace;
  /** Since revision 3. */
  readonly idempotency_key?: string;
}

export interface ErrorFrameBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: unknown;
  /** Since revision 3. */
  readonly retryable?: boolean;
  /** Since revision 3. */
  readonly retry_after_ms?: number;
}

export interface OkResponseFrame {
  readonly request_id: string;
  readonly type: string;
  readonly ok: true;
  readonly result?: unknown;
  /** Since revision 3: this is the stored response of an earlier run. */
  readonly replayed?: true;
  /** Since revision 3: the cursor at which a read was true or a write committed. */
  readonly as_of?: string;
}

export interface ErrorResponseFrame {
  readonly request_id: string;
  readonly type: string;
  readonly ok: false;
  readonly error: ErrorFrameBody;
  readonly replayed?: true;
}

export type ResponseFrame = OkResponseFrame | ErrorResponseFrame;

export interface EventFrame {
  readonly event_id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly scope?: EventScope;
  readonly payload: unknown;
  /** Since revision 3, on durable events and bookmarks. */
  readonly cursor?: string;
  /** Since revision 3: the cursor sent before it on this connection. */
  readonly prev?: string;
}
