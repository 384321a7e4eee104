/** One socket as the engine sees it. Bytes, frames and addresses stay on the transport's side. */
export interface Channel {
  /**
   * Hands one text frame to the transport. Never throws; after `close` it does nothing.
   *
   * @param bytes its length in UTF-8, where that is known: what goes to many is counted once
   */
  send(text: string, bytes?: number): void;
  /** Begins to close with a code and a reason of at most 123 bytes. */
  close(code: number, reason: string): void;
  /** Sends a transport-level ping; the answer is told through `Connection.alive`. */
  ping(): void;
  /** Stops or goes on reading from the peer. */
  pause(): void;
  resume(): void;
  /** What was handed over and is not written yet, in bytes. `Connection.drained` tells when it has fallen. */
  readonly bufferedBytes: number;
}

/** What the transport knows of the peer when the socket opens. */
export interface Upgrade {
  /** The access token, from whatever place the transport takes it. */
  readonly token: string | undefined;
  /** For logs and audit events only; never a reason to trust. */
  readonly remoteAddress?: string;
}

/** One accepted socket as the transport sees it: what happens on the socket goes in here. Nothing of it throws. */
export interface Connection {
  /** Whether the handshake is complete; until then a transport reads no more than a stranger may send. */
  readonly open: boolean;
  receive(text: string): void;
  /** A binary frame came; the protocol has none. */
  receiveBinary(): void;
  /** The peer gave a sign of life below the protocol: a pong. */
  alive(): void;
  /**
   * Whether it has found `bufferedBytes` too high, and waits for `drained`. A transport may ask before it tells: most of what is
   * written is waited for by nobody.
   */
  readonly awaitsDrain: boolean;
  /** `bufferedBytes` has fallen to zero. */
  drained(): void;
  /** The socket is gone, whoever closed it. Safe to call more than once. */
  closed(code: number, reason: string): void;
}
