import { HANDSHAKE_LIMITS } from '@tyrum/contracts';
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from '@tyrum/gateway-core';
import { DEFAULT_HTTP_OPTIONS } from '../http/front.ts';
import { LOG_LEVELS } from '../logger.ts';
import { choice, integer, optionalText, type Setting, SettingError, text, toggle } from './setting.ts';

/** Timers of Node.js fire at once beyond this. */
const LONGEST_TIMER_MS = 2_147_483_647;
const TEN_YEARS_MS = 315_360_000_000;
const MOST_BYTES = 268_435_456;
const MOST = 1_000_000;
const MOST_EVENTS = 1_000_000_000;
const TEN_TEBIBYTES = 10_995_116_277_760;

const limits = DEFAULT_GATEWAY_LIMITS;
const http = DEFAULT_HTTP_OPTIONS;

/** Every limit of the gateway; one that is missing here does not compile. */
const LIMIT_SETTINGS = {
  max_frame_bytes: integer(
    limits.max_frame_bytes,
    [HANDSHAKE_LIMITS.frame_bytes, MOST_BYTES],
    'bytes',
    'Largest frame after the handshake',
  ),
  max_in_flight: integer(limits.max_in_flight, [1, MOST], 'count', 'Requests of one connection that run at a time'),
  event_window: integer(
    limits.event_window,
    [1, MOST],
    'count',
    'Events sent to one connection ahead of its acknowledgement',
  ),
  heartbeat_ms: integer(
    limits.heartbeat_ms,
    [100, LONGEST_TIMER_MS],
    'ms',
    'Time between two pings to a peer; two without an answer end it',
  ),
  ledger_window_ms: integer(
    limits.ledger_window_ms,
    [1000, TEN_YEARS_MS],
    'ms',
    'How long a repeated request finds its first response',
  ),
  log_window_ms: integer(limits.log_window_ms, [1000, TEN_YEARS_MS], 'ms', 'How long events are kept'),
  max_log_events: integer(
    limits.max_log_events,
    [1000, MOST_EVENTS],
    'count',
    'Most events that are kept of a tenant, however young',
  ),
  requests_per_second: integer(
    limits.requests_per_second,
    [1, MOST],
    'count',
    'Requests per second of one device, sustained',
  ),
  request_burst: integer(limits.request_burst, [1, MOST], 'count', 'Requests of one device at once'),
  high_water_bytes: integer(
    limits.high_water_bytes,
    [HANDSHAKE_LIMITS.frame_bytes, MOST_BYTES],
    'bytes',
    'Unsent bytes of one connection past which it waits',
  ),
  stall_ms: integer(
    limits.stall_ms,
    [100, LONGEST_TIMER_MS],
    'ms',
    'How long a peer may read nothing before it is closed',
  ),
  drain_ms: integer(limits.drain_ms, [0, LONGEST_TIMER_MS], 'ms', 'How long a stopping gateway lets requests finish'),
  malformed_frames: integer(
    limits.malformed_frames,
    [1, MOST],
    'count',
    'Unanswerable frames of a connection in ten seconds',
  ),
  max_artifact_bytes: integer(
    limits.max_artifact_bytes,
    [1, TEN_TEBIBYTES],
    'bytes',
    'Largest artifact; it has to arrive within the time of an HTTP request',
  ),
} as const satisfies { readonly [Name in keyof GatewayLimits]: Setting<number> };

/** Everything that can be set, in the order of the help: the one table behind flags, variables, defaults and documentation. */
export const SETTINGS = {
  host: text('127.0.0.1', 'address', 'Address to listen on; 0.0.0.0 is every one of this machine'),
  port: integer(8788, [0, 65_535], 'port', 'Port to listen on; 0 takes a free one'),
  data: text('tyrum-data', 'directory', 'Where everything is kept; made when it does not exist'),
  token: {
    ...optionalText('token', 'Admin token, with every right; better set by the variable'),
    parse: adminToken,
    secret: true,
  },
  runner: optionalText(
    'module',
    'Module whose default export, or the one named runner, answers conversations; without one they are echoed',
  ),
  json: toggle('Print events and logs as lines of JSON'),
  log_level: choice('info', LOG_LEVELS, 'level', 'Least level that is logged'),
  path: { ...text(http.path, 'path', 'Path of the WebSocket endpoint'), parse: urlPath },
  ...LIMIT_SETTINGS,
  upgrades_per_second: integer(
    http.upgradesPerSecond,
    [1, MOST],
    'count',
    'Connections per second of one address, sustained',
  ),
  upgrade_burst: integer(http.upgradeBurst, [1, MOST], 'count', 'Connections of one address at once'),
  close_timeout_ms: integer(
    http.closeTimeoutMs,
    [1, LONGEST_TIMER_MS],
    'ms',
    'How long a peer may take to answer a close',
  ),
  max_body_bytes: integer(http.maxBodyBytes, [1, MOST_BYTES], 'bytes', 'Largest body of an HTTP request'),
  headers_timeout_ms: integer(
    http.headersTimeoutMs,
    [1, LONGEST_TIMER_MS],
    'ms',
    'How long the headers of an HTTP request may take',
  ),
  request_timeout_ms: integer(
    http.requestTimeoutMs,
    [1, LONGEST_TIMER_MS],
    'ms',
    'How long a whole HTTP request may take',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingKey = keyof typeof SETTINGS;

/** A value for every setting. */
export type Settings = { readonly [Key in SettingKey]: (typeof SETTINGS)[Key]['fallback'] };

/** The part of the settings that the gateway calls limits. */
export function limitsOf(settings: Settings): GatewayLimits {
  return Object.fromEntries(
    Object.keys(LIMIT_SETTINGS).map((key) => [key, settings[key as keyof GatewayLimits]]),
  ) as unknown as GatewayLimits;
}

/** It travels in headers, cookies and subprotocols: what cannot be written there cannot be a token. */
function adminToken(input: string): string {
  if (!/^[\x21-\x7e]{16,1024}$/.test(input))
    throw new SettingError('expected 16 to 1024 visible ASCII characters without a space');
  return input;
}

function urlPath(input: string): string {
  if (!/^(\/[\w.~-]+)+$/.test(input)) throw new SettingError('expected a path such as /ws');
  return input;
}
