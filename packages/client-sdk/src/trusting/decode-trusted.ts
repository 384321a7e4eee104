import type { Decoded, EventFrame, RequestFrame, ResponseFrame } from '@tyrum/contracts';

/**
 * Reads a frame of a gateway that is trusted: what kind it is, and what of it the client itself would stumble over. Never throws.
 */
export function decodeTrusted(text: string): Decoded {
  let frame: Partial<RequestFrame & ResponseFrame & EventFrame> | null;
  try {
    frame = JSON.parse(text);
  } catch {
    return malformed('is not JSON');
  }
  if (typeof frame !== 'object' || frame === null) return malformed('expected a JSON object');
  if (typeof frame.type !== 'string') return malformed('expected a type');
  if (frame.event_id !== undefined && frame.ok === undefined) return { kind: 'event', frame: frame as EventFrame };
  if (typeof frame.request_id !== 'string') return malformed('expected a request_id');
  if (frame.ok === undefined) return { kind: 'request', frame: frame as RequestFrame };
  if (frame.ok || hasCode(frame)) return { kind: 'response', frame: frame as ResponseFrame };
  return malformed('expected an error with a code');
}

function hasCode(frame: object): boolean {
  return 'error' in frame && typeof frame.error === 'object' && frame.error !== null && 'code' in frame.error;
}

function malformed(message: string): Decoded {
  return { kind: 'malformed', issue: { path: [], message } };
}
