import { MAX_JSON_DEPTH, MAX_KEY_LENGTH, MAX_REQUEST_ID_LENGTH_AT_2 } from '../tables/limits.ts';
import type { EventFrame, RequestFrame, ResponseFrame } from './frame.ts';
import { nestsDeeper } from './json-depth.ts';

/** One thing that is wrong with a value, and where. */
export interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What came in, or why it cannot be used and what of it can still be answered. */
export type Decoded =
  | { readonly kind: 'request'; readonly frame: RequestFrame }
  | { readonly kind: 'response'; readonly frame: ResponseFrame }
  | { readonly kind: 'event'; readonly frame: EventFrame }
  | {
      readonly kind: 'malformed';
      readonly issue: Issue;
      /** Both present when the frame was a request that can be answered. */
      readonly request_id?: string;
      readonly type?: string;
    };

export interface DecodeOptions {
  readonly revision: number;
  /** Whether an unknown key at the top level is refused (a gateway) or dropped (a peer). */
  readonly unknownKeys: 'refuse' | 'drop';
}

/**
 * Reads one frame: text to a request, a response or an event, with its envelope checked. The payload is the caller's to
 * check. Never throws.
 */
export function decodeFrame(text: string, options: DecodeOptions): Decoded {
  if (nestsDeeper(text, MAX_JSON_DEPTH)) return malformed([], `nests deeper than ${MAX_JSON_DEPTH}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed([], 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return malformed([], 'expected a JSON object');
  const frame = value as Record<string, unknown>;
  if (frame['ok'] !== undefined) return decodeResponse(frame, options);
  if (frame['event_id'] !== undefined) return decodeEvent(frame, options);
  return decodeRequest(frame, options);
}

function decodeRequest(frame: Record<string, unknown>, { revision, unknownKeys }: DecodeOptions): Decoded {
  const { request_id, type } = frame;
  if (!isIdentifier(request_id, idBound(revision))) return malformed(['request_id'], idExpectation(revision));
  if (typeof type !== 'string' || type === '' || type.length > 128) {
    return { ...malformed(['type'], 'expected a string of 1 to 128 characters'), request_id, type: '' };
  }
  const answerable = { request_id, type };
  if (unknownKeys === 'refuse') {
    const unknown = unknownKey(frame, revision >= 3 ? REQUEST_KEYS_3 : REQUEST_KEYS_2);
    if (unknown !== undefined) return { ...malformed([unknown], 'unknown key'), ...answerable };
  }
  if (!('payload' in frame)) return { ...malformed(['payload'], 'expected a payload'), ...answerable };
  if ('trace' in frame && !isTrace(frame['trace'])) {
    return { ...malformed(['trace'], 'expected { traceparent, tracestate? }, both strings'), ...answerable };
  }
  if ('idempotency_key' in frame && !isIdentifier(frame['idempotency_key'], MAX_KEY_LENGTH)) {
    return {
      ...malformed(['idempotency_key'], `expected a string of 1 to ${MAX_KEY_LENGTH} characters`),
      ...answerable,
    };
  }
  return { kind: 'request', frame: frame as unknown as RequestFrame };
}

function decodeResponse(frame: Record<string, unknown>, { revision, unknownKeys }: DecodeOptions): Decoded {
  const { request_id, type, ok, error } = frame;
  if (!isIdentifier(request_id, MAX_REQUEST_ID_LENGTH_AT_2)) return malformed(['request_id'], idExpectation(revision));
  if (typeof type !== 'string') return malformed(['type'], 'expected a string');
  if (typeof ok !== 'boolean') return malformed(['ok'], 'expected true or false');
  if (!ok && !isErrorBody(error)) return malformed(['error'], 'expected { code, message }, both strings');
  if (unknownKeys === 'refuse') {
    const unknown = unknownKey(frame, ok ? OK_KEYS : ERROR_KEYS);
    if (unknown !== undefined) return malformed([unknown], 'unknown key');
  }
  return { kind: 'response', frame: frame as unknown as ResponseFrame };
}

function decodeEvent(frame: Record<string, unknown>, { revision }: DecodeOptions): Decoded {
  const { event_id, type, occurred_at } = frame;
  if (typeof event_id !== 'string' || event_id === '') return malformed(['event_id'], 'expected a non-empty string');
  if (typeof type !== 'string') return malformed(['type'], 'expected a string');
  if (typeof occurred_at !== 'string') return malformed(['occurred_at'], 'expected an ISO 8601 time');
  for (const key of ['cursor', 'prev']) {
    if (revision >= 3 && frame[key] !== undefined && typeof frame[key] !== 'string')
      return malformed([key], 'expected a string');
  }
  return { kind: 'event', frame: frame as unknown as EventFrame };
}

const REQUEST_KEYS_2 = new Set(['request_id', 'type', 'payload', 'trace']);
const REQUEST_KEYS_3 = new Set([...REQUEST_KEYS_2, 'idempotency_key']);
const OK_KEYS = new Set(['request_id', 'type', 'ok', 'result', 'replayed', 'as_of']);
const ERROR_KEYS = new Set(['request_id', 'type', 'ok', 'error', 'replayed']);

function unknownKey(frame: Record<string, unknown>, known: ReadonlySet<string>): string | undefined {
  for (const key in frame) if (!known.has(key)) return key;
  return undefined;
}

function isIdentifier(value: unknown, bound: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= bound;
}

function idBound(revision: number): number {
  return revision >= 3 ? MAX_KEY_LENGTH : MAX_REQUEST_ID_LENGTH_AT_2;
}

function idExpectation(revision: number): string {
  return `expected a string of 1 to ${idBound(revision)} characters`;
}

function isTrace(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { traceparent, tracestate } = value as Record<string, unknown>;
  return typeof traceparent === 'string' && (tracestate === undefined || typeof tracestate === 'string');
}

function isErrorBody(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}

function malformed(path: Issue['path'], message: string): Extract<Decoded, { kind: 'malformed' }> {
  return { kind: 'malformed', issue: { path, message } };
}
