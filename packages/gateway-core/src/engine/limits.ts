import { DEFAULT_LIMITS, type Limits } from '@tyrum/contracts';

/** What a gateway announces, and the bounds that it keeps to itself. */
export interface GatewayLimits extends Limits {
  /** Events that the log of a tenant keeps at the most; the oldest go before `log_window_ms` is over. */
  readonly max_log_events: number;
  /** Requests per second of one device, sustained, and at once. */
  readonly requests_per_second: number;
  readonly request_burst: number;
  /**
   * Bytes handed to a socket and not written, past which nothing more is sent or read until it drains. It is what a peer that
   * never reads costs in memory, and the socket's own buffers are behind it.
   */
  readonly high_water_bytes: number;
  /** How long a peer may read nothing at all before it is closed with 1013, in milliseconds. */
  readonly stall_ms: number;
  /** How long a stopping gateway lets requests finish, in milliseconds. */
  readonly drain_ms: number;
  /** Frames that cannot be answered, in ten seconds, past which the connection is closed with 4009. */
  readonly malformed_frames: number;
  /** Largest artifact, in bytes. */
  readonly max_artifact_bytes: number;
}

export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  ...DEFAULT_LIMITS,
  max_log_events: 10_000_000,
  requests_per_second: 1000,
  request_burst: 2000,
  high_water_bytes: 32_768,
  stall_ms: 60_000,
  drain_ms: 10_000,
  malformed_frames: 100,
  max_artifact_bytes: 33_554_432,
};

/** The part that is announced in the handshake. */
export function announced(limits: GatewayLimits): Limits {
  return Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, limits[name as keyof Limits]]),
  ) as unknown as Limits;
}
