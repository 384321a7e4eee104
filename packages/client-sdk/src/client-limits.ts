/** The client's own bounds, in counts and milliseconds. What the gateway announces comes on top and is respected too. */
export const DEFAULT_CLIENT_LIMITS = {
  /** Requests that wait to be sent or answered; one more is refused with `queue_full`. */
  maxPending: 1_000,
  /** Events that wait for the application where the gateway gives no credit; ephemeral ones are dropped at half of it. */
  maxQueuedEvents: 4_096,
  /** Requests of the gateway that are handled at a time; one more is answered `overloaded`. */
  maxHandling: 256,
  /** From the call to an open socket. */
  connectTimeoutMs: 10_000,
  /** Upper end of the first random delay before a reconnect; it doubles with each attempt. */
  minReconnectMs: 500,
  maxReconnectMs: 30_000,
  /** How long a connection must hold before the delays begin anew. */
  stableAfterMs: 10_000,
  /** Processed events after which the gateway is told. */
  ackEvery: 64,
  /** Milliseconds after which the gateway is told of fewer. */
  ackAfterMs: 100,
  /** Retries of a refused request that came without a time limit of its own. */
  maxRetries: 5,
} as const;

export type ClientLimits = { readonly [Name in keyof typeof DEFAULT_CLIENT_LIMITS]: number };
