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
  const { ok, event_id: eventId, request_id: requestId, type } = frame;
  if (eventId !== undefined && ok === undefined && typeof type === 'string') {
    return { kind: 'event', frame: frame as EventFrame };
  }
  if (typeof requestId !== 'string') return malformed('expected a request_id');
  if (ok === undefined && typeof type === 'string') return { kind: 'request', frame: frame as RequestFrame };
  if (ok === undefined) return malformed('expected a type');
  if (typeof type === 'string' && (ok || hasCode(frame))) return { kind: 'response', frame: frame as ResponseFrame };
  return { ...malformed('expected a type, and a code where it is an error'), response_to: requestId };
}

function hasCode(frame: object): boolean {
  return 'error' in frame && typeof frame.error === 'object' && frame.error !== null && 'code' in frame.error;
}

function malformed(message: string): Extract<Decoded, { kind: 'malformed' }> {
  return { kind: 'malformed', issue: { path: [], message } };
}
