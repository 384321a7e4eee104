import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAs } from '../define/read-as.ts';
import { schemaAt } from '../define/schema-at.ts';
import { Timestamp } from '../schemas/common.ts';
import { type DecodeOptions, decodeFrame } from './decode.ts';
import { frameSchemas } from './frame-schemas.ts';

const GATEWAY_2: DecodeOptions = { revision: 2, unknownKeys: 'refuse' };
const GATEWAY_3: DecodeOptions = { revision: 3, unknownKeys: 'refuse' };
const PEER_2: DecodeOptions = { revision: 2, unknownKeys: 'drop' };
const PEER_3: DecodeOptions = { revision: 3, unknownKeys: 'drop' };
const EVERYONE = [GATEWAY_2, GATEWAY_3, PEER_2, PEER_3];

const request = { request_id: 'r-1', type: 'ping', payload: {} };
const ok = { request_id: 'r-1', type: 'ping', ok: true };
const error = { request_id: 'r-1', type: 'ping', ok: false, error: { code: 'not_found', message: 'no such turn' } };
const event = { event_id: 'e-1', type: 'turn.queued', occurred_at: '2026-01-02T03:04:05.678Z', payload: {} };

const decode = (frame: unknown, options: DecodeOptions = GATEWAY_3) => decodeFrame(JSON.stringify(frame), options);
const issue = (frame: unknown, options?: DecodeOptions) => {
  const decoded = decode(frame, options);
  return decoded.kind === 'malformed' ? `${decoded.issue.path.join('.')}: ${decoded.issue.message}` : decoded.kind;
};

describe('a frame', () => {
  it('has the time of an event as the schema of a time has it', () => {
    const source = readFileSync(new URL('envelope-parts.ts', import.meta.url), 'utf8');

    expect(source).toContain(`/${Timestamp._zod.def.pattern?.source}/`);
  });

  it.each(EVERYONE)('is told apart by ok and event_id, in that order [FR-2] ($revision, $unknownKeys)', (options) => {
    expect(decode(request, options)).toEqual({ kind: 'request', frame: request });
    expect(decode(ok, options)).toEqual({ kind: 'response', frame: ok });
    expect(decode(error, options)).toEqual({ kind: 'response', frame: error });
    expect(decode(event, options)).toEqual({ kind: 'event', frame: event });
    expect(decode({ ...ok, event_id: 'e-1' }, PEER_3)).toEqual({ kind: 'response', frame: ok });
    expect(decode({ ...event, request_id: 'r-1' }, PEER_3)).toEqual({ kind: 'event', frame: event });
  });

  it.each(['', 'null', '[]', '1', '"text"', 'true', '[{"request_id":"r-1"}]'])(
    'is one JSON object, unlike %j [FR-1]',
    (text) => {
      const decoded = decodeFrame(text, GATEWAY_3);

      expect(decoded).toEqual({
        kind: 'malformed',
        issue: { path: [], message: text === '' ? 'is not JSON' : 'expected a JSON object' },
      });
    },
  );

  it('nests 64 deep and no deeper [ER-5]', () => {
    const nested = (depth: number) =>
      `{"request_id":"r-1","type":"ping","payload":${'['.repeat(depth)}${']'.repeat(depth)}}`;

    expect(decodeFrame(nested(63), GATEWAY_3).kind).toBe('request');
    expect(decodeFrame(nested(64), GATEWAY_3)).toEqual({
      kind: 'malformed',
      issue: { path: [], message: 'nests deeper than 64' },
    });
  });

  it('is never a reason to throw', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ ...request, payload: value })),
    );
    await fc.assert(
      fc.property(text, fc.constantFrom(...EVERYONE), (frame, options) => {
        expect(['request', 'response', 'event', 'malformed']).toContain(decodeFrame(frame, options).kind);
      }),
    );
  });
});

describe('a request', () => {
  it.each([[undefined], [null], [''], [0], [1], [true], [['r-1']], [{}]])(
    'is not answerable with the id %j [ER-5]',
    (request_id) => {
      const decoded = decode({ ...request, request_id });

      expect(decoded).toEqual({
        kind: 'malformed',
        issue: { path: ['request_id'], message: 'expected a string of 1 to 128 characters' },
      });
    },
  );

  it.each(['0', 'false', ' ', 'null', '😀'])('is answerable with the id %j', (request_id) => {
    expect(decode({ ...request, request_id })).toMatchObject({ kind: 'request', frame: { request_id } });
  });

  it('has an id of up to 128 characters at revision 3, and 256 at revision 2 [FR-3]', () => {
    const withId = (length: number) => ({ ...request, request_id: '😀'.repeat(length) });

    expect(issue(withId(128), GATEWAY_3)).toBe('request');
    expect(issue(withId(129), GATEWAY_3)).toBe('request_id: expected a string of 1 to 128 characters');
    expect(issue(withId(256), GATEWAY_2)).toBe('request');
    expect(issue(withId(257), GATEWAY_2)).toBe('request_id: expected a string of 1 to 256 characters');
  });

  it('has a key of up to 128 characters [FR-3]', () => {
    const withKey = (idempotency_key: unknown) => ({ ...request, idempotency_key });

    expect(issue(withKey('k'.repeat(128)))).toBe('request');
    for (const key of ['', 'k'.repeat(129), 0, null]) {
      expect(issue(withKey(key))).toBe('idempotency_key: expected a string of 1 to 128 characters');
    }
  });

  it.each([undefined, '', 0, null, 't'.repeat(129)])('is answered although its type is %j [RQ-1]', (type) => {
    expect(decode({ ...request, type })).toEqual({
      kind: 'malformed',
      issue: { path: ['type'], message: 'expected a string of 1 to 128 characters' },
      request_id: 'r-1',
      type: '',
    });
  });

  it('needs a payload, which may be any JSON value', () => {
    const { payload: _payload, ...without } = request;

    expect(decode(without)).toMatchObject({
      kind: 'malformed',
      issue: { path: ['payload'] },
      request_id: 'r-1',
      type: 'ping',
    });
    for (const payload of [null, 0, '', false, []])
      expect(decode({ ...request, payload })).toMatchObject({ kind: 'request' });
  });

  it('carries trace context with whatever else is in it [FR-9]', () => {
    const trace = { traceparent: '00-0af7-b7ad-01', baggage: { a: [1] } };

    expect(decode({ ...request, trace })).toMatchObject({ frame: { trace } });
    for (const wrong of [null, 'text', [], {}, { traceparent: 1 }, { traceparent: 'a', tracestate: null }]) {
      expect(issue({ ...request, trace: wrong })).toBe('trace: expected { traceparent, tracestate? }, both strings');
    }
  });

  it.each([
    [GATEWAY_2, 'idempotency_key'],
    [GATEWAY_2, 'cursor'],
    [GATEWAY_3, 'x'],
    [GATEWAY_3, 'result'],
    [GATEWAY_3, '__proto__'],
    [GATEWAY_3, 'constructor'],
  ])('is refused by a gateway for an unknown key [FR-7] [FR-10] (%o, %s)', (options, key) => {
    const text = `{"request_id":"r-1","type":"ping","payload":{},${JSON.stringify(key)}:"k"}`;

    expect(decodeFrame(text, options)).toEqual({
      kind: 'malformed',
      issue: { path: [key], message: 'unknown key' },
      request_id: 'r-1',
      type: 'ping',
    });
  });

  it('is read by a peer without the keys it does not know [FR-11]', () => {
    expect(decode({ ...request, x: 1 }, PEER_3)).toEqual({ kind: 'request', frame: request });
    expect(decode({ ...request, idempotency_key: 5 }, PEER_2)).toEqual({ kind: 'request', frame: request });
    expect(decode({ ...request, idempotency_key: 'k' }, PEER_3)).toMatchObject({ frame: { idempotency_key: 'k' } });
  });
});

describe('a response', () => {
  it.each([
    ['request_id', { ...ok, request_id: '' }],
    ['type', { ...ok, type: 0 }],
    ['ok', { ...ok, ok: null }],
    ['ok', { ...ok, ok: 'true' }],
    ['ok', { ...ok, ok: 1 }],
    ['error', { ...error, error: undefined }],
    ['error', { ...error, error: 'not_found' }],
    ['error', { ...error, error: { code: '', message: '' } }],
    ['error', { ...error, error: { code: 'not_found' } }],
    ['error', { ...error, error: { ...error.error, retryable: 'yes' } }],
    ['error', { ...error, error: { ...error.error, retry_after_ms: -1 } }],
    ['replayed', { ...ok, replayed: false }],
    ['as_of', { ...ok, as_of: '' }],
    ['as_of', { ...ok, as_of: 'c'.repeat(129) }],
  ])('is malformed at its %s in %o', (key, frame) => {
    for (const options of [GATEWAY_3, PEER_3]) {
      const decoded = decode(frame, options);
      expect(decoded).toMatchObject({ kind: 'malformed', issue: { path: [key] } });
      expect(decoded).not.toHaveProperty('request_id');
    }
  });

  it('tells whom it fails, where it says so', () => {
    expect(decode({ ...ok, type: 0 })).toMatchObject({ response_to: 'r-1' });
    expect(decode({ ...ok, request_id: 7 })).not.toHaveProperty('response_to');
  });

  it('is ok or an error, and never both [FR-5] [FR-6]', () => {
    expect(issue({ ...ok, error: error.error })).toBe('error: unknown key');
    expect(issue({ ...error, result: {} })).toBe('result: unknown key');
    expect(decode({ ...error, result: {} }, PEER_3)).toEqual({ kind: 'response', frame: error });
  });

  it('has what revision 3 adds at revision 3 alone [FR-7]', () => {
    const added = { ...ok, result: {}, replayed: true, as_of: 'c1.1' };

    expect(decode(added, PEER_3)).toEqual({ kind: 'response', frame: added });
    expect(decode(added, PEER_2)).toEqual({ kind: 'response', frame: { ...ok, result: {} } });
    expect(issue(added, GATEWAY_2)).toBe('replayed: unknown key');
    expect(issue({ ...error, error: { ...error.error, retryable: true } }, GATEWAY_2)).toBe(
      'error: expected { code, message, details? }',
    );
    expect(issue({ ...error, error: { ...error.error, retryable: true } }, GATEWAY_3)).toBe('response');
  });

  it('may have the error code of a newer peer', () => {
    expect(decode({ ...error, error: { code: 'from_the_future', message: '' } }, PEER_3).kind).toBe('response');
  });
});

describe('an event', () => {
  it.each([
    ['event_id', { ...event, event_id: '' }],
    ['event_id', { ...event, event_id: 0 }],
    ['event_id', { ...event, event_id: null }],
    ['type', { ...event, type: '' }],
    ['occurred_at', { ...event, occurred_at: 'yesterday' }],
    ['occurred_at', { ...event, occurred_at: '2026-02-30T00:00:00Z' }],
    ['occurred_at', { ...event, occurred_at: '2026-01-02T03:04:05+01:00' }],
    ['payload', { ...event, payload: undefined }],
    ['scope', { ...event, scope: 'global' }],
    ['scope', { ...event, scope: { kind: 'everyone' } }],
    ['scope', { ...event, scope: { kind: 'toString' } }],
    ['scope', { ...event, scope: { kind: 'turn' } }],
    ['scope', { ...event, scope: { kind: 'turn', turn_id: '' } }],
    ['cursor', { ...event, cursor: '' }],
    ['prev', { ...event, prev: 7 }],
  ])('is malformed at its %s in %o [FR-8]', (key, frame) => {
    expect(decode(frame, PEER_3)).toMatchObject({ kind: 'malformed', issue: { path: [key] } });
  });

  it.each([
    { kind: 'global' },
    { kind: 'agent', agent_id: 'a' },
    { kind: 'conversation', conversation_key: 'agent:a:main' },
    { kind: 'turn', turn_id: 't' },
    { kind: 'node', node_id: 'n' },
    { kind: 'client', client_id: 'c' },
  ])('is about $kind [FR-8]', (scope) => {
    expect(decode({ ...event, scope }, PEER_3)).toMatchObject({ kind: 'event', frame: { scope } });
  });

  it('has its cursor and the one before it from revision 3 on [EV-6]', () => {
    const added = { ...event, cursor: 'c1.2', prev: 'c1.1' };

    expect(decode(added, PEER_3)).toEqual({ kind: 'event', frame: added });
    expect(decode(added, PEER_2)).toEqual({ kind: 'event', frame: event });
  });
});

describe('the hand-written check of envelopes', () => {
  const text = fc.oneof(
    fc.constantFrom('', 'a', 'c1.1', 'k'.repeat(128), 'k'.repeat(129), 'k'.repeat(257)),
    fc.string(),
  );
  const oddity = fc.oneof(fc.constantFrom(null, 0, 1, true, false, [], {}), text);
  const odd = <T>(usual: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: oddity });
  const absent = fc.constant(undefined);
  const optional = <T>(usual: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 8, arbitrary: absent }, { weight: 2, arbitrary: odd(usual) });

  const trace = fc.record({ traceparent: text, tracestate: text, other: fc.jsonValue() }, { requiredKeys: [] });
  const body = fc.record(
    {
      code: fc.constantFrom('not_found', 'internal'),
      message: text,
      details: optional(fc.jsonValue()),
      retryable: optional(fc.boolean()),
      retry_after_ms: optional(fc.integer()),
      x: optional(text),
    },
    { requiredKeys: ['code', 'message'] },
  );
  const scope = fc.record({ kind: fc.constantFrom('global', 'turn', 'x'), turn_id: text }, { requiredKeys: ['kind'] });
  const common = { type: odd(fc.constant('ping')), x: optional(text) };
  const id = fc.oneof(
    fc.constantFrom('a', 'k'.repeat(128), 'k'.repeat(129), 'k'.repeat(257)),
    fc.string({ minLength: 1 }),
  );
  const frames = {
    request: fc.record({
      ...common,
      request_id: odd(id),
      payload: odd(fc.jsonValue()),
      trace: optional(trace),
      idempotency_key: optional(text),
    }),
    ok_response: fc.record({
      ...common,
      request_id: odd(id),
      ok: fc.constant(true),
      result: optional(fc.jsonValue()),
      replayed: optional(fc.constant(true)),
      as_of: optional(text),
    }),
    error_response: fc.record({
      ...common,
      request_id: odd(id),
      ok: fc.constant(false),
      error: odd(body),
      replayed: optional(fc.constant(true)),
    }),
    event: fc.record({
      ...common,
      event_id: fc.string({ minLength: 1 }),
      occurred_at: odd(fc.constant(event.occurred_at)),
      scope: optional(scope),
      payload: odd(fc.jsonValue()),
      cursor: optional(text),
      prev: optional(text),
    }),
  };
  const names = Object.keys(frames) as (keyof typeof frames)[];

  it.each(names.flatMap((name) => [2, 3].map((revision) => ({ name, revision }))))(
    'accepts the same as the schema of $name at revision $revision [FR-7]',
    async ({ name, revision }) => {
      const schema = schemaAt(frameSchemas(revision)[name], revision, 'gateway');
      const seen = { accepted: 0, refused: 0 };
      await fc.assert(
        fc.property(frames[name] as fc.Arbitrary<object>, (frame) => {
          const value: unknown = JSON.parse(JSON.stringify(frame));
          const accepted = readAs(schema, value, 'frame').fits;
          seen[accepted ? 'accepted' : 'refused'] += 1;
          expect(decode(value, { revision, unknownKeys: 'refuse' }).kind !== 'malformed').toBe(accepted);
        }),
        { numRuns: 400 },
      );
      expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(10);
    },
  );
});
