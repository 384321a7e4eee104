import type { IncomingHttpHeaders } from 'node:http';

/** The one subprotocol that is served and selected, whatever else is offered (UP-2, UP-3). */
export const SUBPROTOCOL = 'tyrum-v1';

/** The subprotocols that an upgrade offers, in its order. */
export function offeredProtocols(headers: IncomingHttpHeaders): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
}
