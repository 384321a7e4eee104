import { SCOPE_ID_FIELD } from '../tables/event-scopes.ts';

/** Whether a value is W3C trace context, with whatever else is in it. */
export function isTrace(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    typeof value.traceparent === 'string' && (value.tracestate === undefined || typeof value.tracestate === 'string')
  );
}

/**
 * Whether a value is the error of a response. Its code may be one of a newer peer: whoever reads it decides what to make of
 * it. Keys that the revision does not have fail it only where unknown keys are refused.
 */
export function isErrorBody(value: unknown, revision: number, unknownKeys: 'refuse' | 'drop'): boolean {
  if (!isObject(value)) return false;
  const { code, message, retryable, retry_after_ms } = value;
  if (typeof code !== 'string' || code === '' || typeof message !== 'string') return false;
  if (unknownKeys === 'refuse') {
    const known = revision >= 3 ? ERROR_BODY_KEYS_3 : ERROR_BODY_KEYS_2;
    for (const key in value) if (!known.has(key)) return false;
  }
  if (revision < 3) return true;
  if (retryable !== undefined && typeof retryable !== 'boolean') return false;
  return retry_after_ms === undefined || (Number.isSafeInteger(retry_after_ms) && (retry_after_ms as number) >= 0);
}

const ERROR_BODY_KEYS_2 = new Set(['code', 'message', 'details']);
const ERROR_BODY_KEYS_3 = new Set([...ERROR_BODY_KEYS_2, 'retryable', 'retry_after_ms']);

/** Whether a value is the scope of an event: a kind, and the id that goes with it. */
export function isScope(value: unknown, unknownKeys: 'refuse' | 'drop'): boolean {
  if (!isObject(value) || typeof value.kind !== 'string') return false;
  const global = value.kind === 'global';
  if (!global && !Object.hasOwn(SCOPE_ID_FIELD, value.kind)) return false;
  const id = global ? undefined : value[SCOPE_ID_FIELD[value.kind as keyof typeof SCOPE_ID_FIELD]];
  if (!global && (typeof id !== 'string' || id === '')) return false;
  return unknownKeys === 'drop' || Object.keys(value).length === (global ? 1 : 2);
}

/** Whether a value is an ISO 8601 time in UTC. */
export function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && TIMESTAMP.test(value);
}

// The pattern of the schema `Timestamp`, spelled out: who decodes frames need not load a schema for it. A test compares the two.
const TIMESTAMP =
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z))$/;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
