/** The limits that a gateway announces in the handshake, in bytes, counts and milliseconds. */
export const DEFAULT_LIMITS = {
  /** Largest frame either side sends after the handshake, in UTF-8 bytes. */
  max_frame_bytes: 1_048_576,
  /** Requests of one connection that run at a time; beyond it the gateway stops reading that connection. */
  max_in_flight: 256,
  /** Durable events in flight to one connection before the gateway waits for `events.ack`. */
  event_window: 1024,
  heartbeat_ms: 15_000,
  /** How long a repeated key finds its stored response. A client never retries past it. */
  ledger_window_ms: 86_400_000,
  /** How long events stay in the log at least, unless it grows past its size bound. */
  log_window_ms: 604_800_000,
} as const;

/** The limits of one gateway. */
export type Limits = { readonly [Name in keyof typeof DEFAULT_LIMITS]: number };

/** Bounds before the handshake completes; they are the same everywhere and cannot be raised. */
export const HANDSHAKE_LIMITS = { frames: 8, bytes: 65_536, frame_bytes: 16_384, time_ms: 10_000 } as const;

/** Deepest nesting of arrays and objects in a frame. */
export const MAX_JSON_DEPTH = 64;

/** Longest idempotency key and request id, in characters. */
export const MAX_KEY_LENGTH = 128;

/** Longest type of a request or an event, in characters. */
export const MAX_TYPE_LENGTH = 128;

/** Longest cursor, in characters. */
export const MAX_CURSOR_LENGTH = 128;

/** Unanswered heartbeats after which a peer counts as gone. */
export const MISSED_HEARTBEATS = 2;

/** Longest request id at revision 2, where its writers were promised no bound. */
export const MAX_REQUEST_ID_LENGTH_AT_2 = 256;
