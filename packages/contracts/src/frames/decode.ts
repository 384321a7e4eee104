import { codePointsExceed } from '../runtime/code-points.ts';
import {
  MAX_CURSOR_LENGTH,
  MAX_JSON_DEPTH,
  MAX_KEY_LENGTH,
  MAX_REQUEST_ID_LENGTH_AT_2,
  MAX_TYPE_LENGTH,
} from '../tables/limits.ts';
import { isErrorBody, isScope, isTimestamp, isTrace } from './envelope-parts.ts';
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
      /** Both present when the frame was a request that can be answered; the type is empty where it could not be read. */
      readonly request_id?: string;
      readonly type?: string;
      /** Present when the frame was a response: the request that will get no better answer. */
      readonly response_to?: string;
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
  const frame = value as Frame;
  if (frame.ok !== undefined) return decodeResponse(frame, options);
  if (frame.event_id !== undefined) return decodeEvent(frame, options);
  return decodeRequest(frame, options);
}

/** Every key that an envelope can have; what came in may have others. */
interface Frame {
  readonly request_id?: unknown;
  readonly type?: unknown;
  readonly payload?: unknown;
  readonly trace?: unknown;
  readonly idempotency_key?: unknown;
  readonly ok?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly replayed?: unknown;
  readonly as_of?: unknown;
  readonly event_id?: unknown;
  readonly occurred_at?: unknown;
  readonly scope?: unknown;
  readonly cursor?: unknown;
  readonly prev?: unknown;
}

function decodeRequest(frame: Frame, { revision, unknownKeys }: DecodeOptions): Decoded {
  const { request_id, type } = frame;
  if (!isText(request_id, idBound(revision))) return malformed(['request_id'], bounded(idBound(revision)));
  if (!isText(type, MAX_TYPE_LENGTH)) return { ...malformed(['type'], bounded(MAX_TYPE_LENGTH)), request_id, type: '' };
  const known = revision >= 3 ? REQUEST_KEYS_3 : REQUEST_KEYS_2;
  const unknown = unknownKey(frame, known);
  const issue = (unknownKeys === 'refuse' ? unknownIssue(unknown) : undefined) ?? requestIssue(frame, revision);
  if (issue !== undefined) return { kind: 'malformed', issue, request_id, type };
  return { kind: 'request', frame: only<RequestFrame>(frame, known, unknown) };
}

function requestIssue(frame: Frame, revision: number): Issue | undefined {
  if (frame.payload === undefined) return issueAt('payload', 'expected a payload');
  if (frame.trace !== undefined && !isTrace(frame.trace)) {
    return issueAt('trace', 'expected { traceparent, tracestate? }, both strings');
  }
  if (revision >= 3 && frame.idempotency_key !== undefined && !isText(frame.idempotency_key, MAX_KEY_LENGTH)) {
    return issueAt('idempotency_key', bounded(MAX_KEY_LENGTH));
  }
  return undefined;
}

function decodeResponse(frame: Frame, { revision, unknownKeys }: DecodeOptions): Decoded {
  const { request_id, ok } = frame;
  if (!isText(request_id, idBound(revision))) return malformed(['request_id'], bounded(idBound(revision)));
  const known = responseKeys(ok === true, revision);
  const unknown = unknownKey(frame, known);
  const issue =
    (unknownKeys === 'refuse' ? unknownIssue(unknown) : undefined) ?? responseIssue(frame, revision, unknownKeys);
  if (issue !== undefined) return { kind: 'malformed', issue, response_to: request_id };
  return { kind: 'response', frame: only<ResponseFrame>(frame, known, unknown) };
}

function responseIssue(frame: Frame, revision: number, unknownKeys: 'refuse' | 'drop'): Issue | undefined {
  const { type, ok, error, replayed, as_of } = frame;
  if (!isText(type, MAX_TYPE_LENGTH)) return issueAt('type', bounded(MAX_TYPE_LENGTH));
  if (typeof ok !== 'boolean') return issueAt('ok', 'expected true or false');
  if (!ok && !isErrorBody(error, revision, unknownKeys))
    return issueAt('error', 'expected { code, message, details? }');
  if (revision < 3) return undefined;
  if (replayed !== undefined && replayed !== true) return issueAt('replayed', 'expected true');
  if (ok && as_of !== undefined && !isText(as_of, MAX_CURSOR_LENGTH))
    return issueAt('as_of', bounded(MAX_CURSOR_LENGTH));
  return undefined;
}

function decodeEvent(frame: Frame, { revision, unknownKeys }: DecodeOptions): Decoded {
  const known = revision >= 3 ? EVENT_KEYS_3 : EVENT_KEYS_2;
  const unknown = unknownKey(frame, known);
  const issue =
    (unknownKeys === 'refuse' ? unknownIssue(unknown) : undefined) ?? eventIssue(frame, revision, unknownKeys);
  if (issue !== undefined) return { kind: 'malformed', issue };
  return { kind: 'event', frame: only<EventFrame>(frame, known, unknown) };
}

function eventIssue(frame: Frame, revision: number, unknownKeys: 'refuse' | 'drop'): Issue | undefined {
  const { event_id, type, occurred_at, scope, cursor, prev } = frame;
  if (typeof event_id !== 'string' || event_id === '') return issueAt('event_id', 'expected a non-empty string');
  if (!isText(type, MAX_TYPE_LENGTH)) return issueAt('type', bounded(MAX_TYPE_LENGTH));
  if (!isTimestamp(occurred_at)) return issueAt('occurred_at', 'expected an ISO 8601 time in UTC');
  if (scope !== undefined && !isScope(scope, unknownKeys))
    return issueAt('scope', 'expected a kind and the id that goes with it');
  if (frame.payload === undefined) return issueAt('payload', 'expected a payload');
  if (revision < 3) return undefined;
  if (cursor !== undefined && !isText(cursor, MAX_CURSOR_LENGTH)) return issueAt('cursor', bounded(MAX_CURSOR_LENGTH));
  if (prev !== undefined && !isText(prev, MAX_CURSOR_LENGTH)) return issueAt('prev', bounded(MAX_CURSOR_LENGTH));
  return undefined;
}

const REQUEST_KEYS_2 = new Set(['request_id', 'type', 'payload', 'trace']);
const REQUEST_KEYS_3 = new Set([...REQUEST_KEYS_2, 'idempotency_key']);
const OK_KEYS_2 = new Set(['request_id', 'type', 'ok', 'result']);
const OK_KEYS_3 = new Set([...OK_KEYS_2, 'replayed', 'as_of']);
const ERROR_KEYS_2 = new Set(['request_id', 'type', 'ok', 'error']);
const ERROR_KEYS_3 = new Set([...ERROR_KEYS_2, 'replayed']);
const EVENT_KEYS_2 = new Set(['event_id', 'type', 'occurred_at', 'scope', 'payload']);
const EVENT_KEYS_3 = new Set([...EVENT_KEYS_2, 'cursor', 'prev']);

function responseKeys(ok: boolean, revision: number): ReadonlySet<string> {
  if (revision >= 3) return ok ? OK_KEYS_3 : ERROR_KEYS_3;
  return ok ? OK_KEYS_2 : ERROR_KEYS_2;
}

function unknownKey(frame: Frame, known: ReadonlySet<string>): string | undefined {
  for (const key in frame) if (!known.has(key)) return key;
  return undefined;
}

function unknownIssue(key: string | undefined): Issue | undefined {
  return key === undefined ? undefined : issueAt(key, 'unknown key');
}

/** The checked frame; without the keys it should not have, if there was one. */
function only<Checked>(frame: Frame, known: ReadonlySet<string>, unknown: string | undefined): Checked {
  if (unknown === undefined) return frame as Checked;
  return Object.fromEntries(Object.entries(frame).filter(([key]) => known.has(key))) as Checked;
}

function isText(value: unknown, bound: number): value is string {
  return typeof value === 'string' && value !== '' && !codePointsExceed(value, bound);
}

function idBound(revision: number): number {
  return revision >= 3 ? MAX_KEY_LENGTH : MAX_REQUEST_ID_LENGTH_AT_2;
}

function bounded(most: number): string {
  return `expected a string of 1 to ${most} characters`;
}

function issueAt(key: string, message: string): Issue {
  return { path: [key], message };
}

function malformed(path: Issue['path'], message: string): { kind: 'malformed'; issue: Issue } {
  return { kind: 'malformed', issue: { path, message } };
}
