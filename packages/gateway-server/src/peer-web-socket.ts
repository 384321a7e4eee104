import { WebSocket } from 'ws';

/**
 * The server's end of a WebSocket, with two hooks around closing that the library lacks: what leaves before the close frame,
 * and with which code a frame that the library refuses is answered.
 */
export class PeerWebSocket extends WebSocket {
  /** Runs right before a close frame is sent, whoever wanted it. */
  beforeClose: () => void = () => {};

  /** The code and reason for a frame that breaks RFC 6455 or a size limit (CC-1: the library's 1002, 1007, 1008 and 1009 are not ours). */
  refusal: () => readonly [code: number, reason: string] = () => [1002, ''];

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) this.beforeClose();
    // The library's own refusals are the ones with a code and no reason; an answer to the peer's close has both or neither.
    if (code === undefined || reason !== undefined) super.close(code, reason);
    else super.close(...this.refusal());
  }
}
