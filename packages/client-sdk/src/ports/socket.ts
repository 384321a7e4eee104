/** One WebSocket as the client sees it: text in, text out. */
export interface Socket {
  /** Hands over one text frame. Never throws; after `close` it does nothing. */
  send(text: string): void;
  /** Begins to close. `closed` of the events is still called, or not: the client does not wait for it. */
  close(code: number, reason: string): void;
  /** What was handed over and is not written yet, in bytes. */
  readonly bufferedBytes: number;
}

/** What happens on a socket, told to the client. None of these throws. */
export interface SocketEvents {
  opened(): void;
  /** One message; anything but a string is a binary one. */
  message(data: unknown): void;
  /** The socket is gone, or was never there. `retryAfterMs` where an HTTP answer carried `Retry-After`. */
  closed(code: number, reason: string, retryAfterMs?: number): void;
}

export interface SocketRequest {
  /** `ws:` or `wss:`, without a token. */
  readonly url: string;
  readonly subprotocol: string;
  readonly token: string;
}

/** Opens a socket. The client brings one for browsers and Node.js; a test or another runtime brings its own. */
export type ConnectSocket = (request: SocketRequest, events: SocketEvents) => Socket;
