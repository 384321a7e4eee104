import { describe, expect, it } from 'vitest';
import * as limits from './limits.ts';
import { revisions } from './revisions.ts';

describe('the limits', () => {
  it('are these by default [HS-5] [HS-6] [HS-7] [FC-5]', () => {
    expect({ ...limits }).toEqual({
      DEFAULT_LIMITS: {
        max_frame_bytes: 1_048_576,
        max_in_flight: 256,
        event_window: 1024,
        heartbeat_ms: 15_000,
        ledger_window_ms: 86_400_000,
        log_window_ms: 604_800_000,
      },
      HANDSHAKE_LIMITS: { frames: 8, bytes: 65_536, frame_bytes: 16_384, time_ms: 10_000 },
      MAX_JSON_DEPTH: 64,
      MAX_KEY_LENGTH: 128,
      MAX_TYPE_LENGTH: 128,
      MAX_CURSOR_LENGTH: 128,
      MISSED_HEARTBEATS: 2,
      MAX_REQUEST_ID_LENGTH_AT_2: 256,
    });
  });
});

describe('the history of revisions', () => {
  it('has one that is retired, one that is deployed and one that is current', () => {
    expect(revisions.map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'retired'],
      [2, 'supported'],
      [3, 'current'],
    ]);
  });
});
