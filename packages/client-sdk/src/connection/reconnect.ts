/** The delays before a reconnect, in milliseconds. */
export interface Backoff {
  readonly minReconnectMs: number;
  readonly maxReconnectMs: number;
}

/**
 * How long to wait before the next attempt: anything from 0 to a bound that doubles with each failure, so that many clients
 * do not come back at once, and never less than the gateway asked for.
 *
 * @param failures attempts that have failed since the last connection that held; 0 after one that held
 * @param fraction a random number in [0, 1)
 */
export function reconnectDelay(backoff: Backoff, failures: number, fraction: number, askedForMs = 0): number {
  const bound = Math.min(backoff.maxReconnectMs, backoff.minReconnectMs * 2 ** Math.min(failures, 30));
  return Math.max(askedForMs, Math.floor(fraction * bound));
}
