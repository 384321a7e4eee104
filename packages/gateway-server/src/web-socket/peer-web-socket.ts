import { WebSocket } from 'ws';
import type { SocketChannel } from './socket-channel.ts';

/**
 * The server's end of a WebSocket. It has two things that the library lacks: what was sent leaves before a close frame does, and a
 * frame that the library refuses is answered with a code of the protocol.
 */
export class PeerWebSocket extends WebSocket {
  /** Set as soon as there is one. */
  channel: SocketChannel | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.channel?.end();
    // The library's own refusals are the ones with a code and no reason; an answer to the peer's close has both or neither.
    if (this.channel === undefined || code === undefined || reason !== undefined) super.close(code, reason);
    else super.close(...this.channel.refusal());
  }
}
