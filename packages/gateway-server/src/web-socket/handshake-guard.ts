import type { Duplex } from 'node:stream';
import { HANDSHAKE_LIMITS } from '@tyrum/contracts';
import type { Connection } from '@tyrum/gateway-core';

/** What frame headers and pings may take beside the frames themselves, which the gateway counts. */
const OVERHEAD_BYTES = 1024;

/**
 * Reads no more of a stranger than the handshake allows (HS-6), counted on the raw socket: a frame that never ends, or one of
 * pings, is never a frame to the gateway.
 *
 * @param close begins the close; what comes after that is read and dropped
 */
export function guardHandshake(socket: Duplex, connection: Connection, close: (reason: string) => void): void {
  let bytes = 0;
  function count(chunk: Buffer): void {
    bytes += chunk.length;
    if (!connection.open && bytes <= HANDSHAKE_LIMITS.bytes + OVERHEAD_BYTES) return;
    socket.off('data', count);
    if (connection.open) return;
    close(`more than ${HANDSHAKE_LIMITS.bytes} bytes before the handshake is complete`);
    socket.removeAllListeners('data');
    socket.end();
  }
  socket.prependListener('data', count);
}
