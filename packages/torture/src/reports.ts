/** What a peer process tells the one that tortures it. */
export type Report =
  | { readonly kind: 'ready' }
  /** A message is about to be sent. */
  | { readonly kind: 'sending'; readonly messageId: string }
  /** The gateway acknowledged it. */
  | { readonly kind: 'acknowledged'; readonly messageId: string; readonly turnId: string }
  | { readonly kind: 'refused'; readonly messageId: string; readonly error: string }
  /** The client says that nobody can tell whether it happened. */
  | { readonly kind: 'unknown'; readonly messageId: string }
  /** The application applied a durable event. */
  | { readonly kind: 'applied'; readonly eventId: string; readonly type: string; readonly turnId?: string }
  | { readonly kind: 'snapshot'; readonly reason: string }
  /** A node did what it was asked. */
  | { readonly kind: 'performed'; readonly job: string }
  /** It is connected, and how its events went on. */
  | { readonly kind: 'connected'; readonly outcome: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'finished' };

/** What the peer process is told. */
export type Command = { readonly kind: 'finish' };

/** How a peer process is set up, as its one argument. */
export interface PeerSetup {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly folder: string;
  /** Milliseconds between two messages, on average. */
  readonly paceMs: number;
  readonly seed: number;
}

export function report(message: Report): void {
  process.send?.(message);
}
