import { DEFAULT_LIMITS, type Limits } from '@tyrum/contracts';

/** What a gateway announces, and the bounds that it keeps to itself. */
export interface GatewayLimits extends Limits {
  /** Requests per second of one device, sustained, and at once. */
  readonly requests_per_second: number;
  readonly request_burst: number;
  /** Bytes handed to a socket and not written, past which nothing more is sent or read until it drains. */
  readonly high_water_bytes: number;
  /** How long a peer may read nothing at all before it is closed with 1013, in milliseconds. */
  readonly stall_ms: number;
  /** How long a stopping gateway lets requests finish, in milliseconds. */
  readonly drain_ms: number;
  /** Frames that cannot be answered, in ten seconds, past which the connection is closed with 4009. */
  readonly malformed_frames: number;
}

export const DEFAULT_GATEWAY_LIMITS: GatewayLimits = {
  ...DEFAULT_LIMITS,
  requests_per_second: 1000,
  request_burst: 2000,
  high_water_bytes: 1_048_576,
  stall_ms: 60_000,
  drain_ms: 10_000,
  malformed_frames: 100,
};

/** The part that is announced in the handshake. */
export function announced(limits: GatewayLimits): Limits {
  return Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, limits[name as keyof Limits]]),
  ) as unknown as Limits;
}
