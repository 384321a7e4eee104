import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const request = { request_id: 'x', type: 'note.read', payload: { id: 'a' } };

describe('a frame', () => {
  it.each([
    ['with ok is a response', { request_id: 'x', type: 'ping', ok: true }, 'nobody asked'],
    ['with ok is a response, whatever else it has', { ...request, ok: true, event_id: 'e' }, 'unknown key'],
    [
      'whose ok is null is a response that nobody can read',
      { request_id: 'x', type: 'ping', ok: null },
      'ok: expected',
    ],
    [
      'with event_id and without ok is an event',
      { event_id: 'e', type: 'ping', payload: {}, occurred_at: '2026-01-02T03:04:05Z' },
      'events are sent by the gateway',
    ],
  ])('%s [FR-2]', async (_what, frame, complaint) => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send(frame);
    await settle();

    expect(peer.responses('x')).toEqual([]);
    expect(peer.last.type).toBe('error');
    expect(peer.last.payload?.message).toContain(complaint);
  });

  it('with neither is a request [FR-2]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send(request);
    await settle();

    expect(peer.last).toMatchObject({ request_id: 'x', type: 'note.read', ok: false });
  });

  it('goes out as one JSON object in one text [FR-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'note.write', { id: 'a', text: 'two\nlines "quoted" \u2028 \ud83d\ude42' });

    for (const text of peer.channel.sent) expect(JSON.parse(text)).toBeTypeOf('object');
    expect(peer.events('note.written')[0]?.payload?.text).toBe('two\nlines "quoted" \u2028 \ud83d\ude42');
  });
});

describe('an id', () => {
  it.each([
    [3, 1, true],
    [3, 128, true],
    [3, 129, false],
    [3, 0, false],
    [2, 256, true],
    [2, 257, false],
  ] as const)(
    'of a request at revision %i with %i characters is readable: %s [FR-3]',
    async (revision, length, readable) => {
      const world = await createWorld();
      const peer = await world.connect({ revision });
      const request_id = '🙂'.repeat(length);

      peer.send({ ...request, request_id });
      await settle();

      expect(peer.responses(request_id)).toHaveLength(readable ? 1 : 0);
      expect(peer.events('error')).toHaveLength(readable ? 0 : 1);
    },
  );

  it.each([
    ['129 characters', 'k'.repeat(129)],
    ['none', ''],
    ['a number', 7],
    ['null', null],
  ])('of an idempotency key with %s is refused with its path [FR-3] [ER-3]', async (_what, idempotency_key) => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', { id: 'a', text: 'x' }, { idempotency_key });

    expect(answer.error).toMatchObject({
      code: 'contract_error',
      details: { issues: [{ path: ['idempotency_key'] }] },
    });
  });

  it('of an idempotency key may have 128 characters [FR-3]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', { id: 'a', text: 'x' }, { idempotency_key: '🙂'.repeat(128) });

    expect(answer.ok).toBe(true);
  });
});

describe('a response', () => {
  it('carries the request id and the type of its request, odd ones too [FR-4]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (const request_id of ['__proto__', 'constructor', '"\\\n', '\ud83d\ude42', ' ']) {
      peer.send({ ...request, request_id });
      await settle();
      expect(peer.last).toMatchObject({ request_id, type: 'note.read' });
    }
  });

  it('has no result where the result is void, whatever the handler returned [FR-5]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.touch', { id: 'a' });

    expect(Object.keys(answer)).toEqual(['request_id', 'type', 'ok', 'as_of']);
  });

  it('with an error has its code and message, and no result [FR-6]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.read', { id: 'nothing' });

    expect(answer).toEqual({
      request_id: 'r-1',
      type: 'note.read',
      ok: false,
      error: { code: 'not_found', message: 'there is no such note', retryable: false },
    });
  });

  it('holds what the contract names and nothing else [FR-12]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const old = await world.connect({ revision: 2 });
    await world.ask(peer, 'note.write', { id: 'a', text: 'x' });

    const answer = await world.ask(peer, 'note.read', { id: 'a' });
    const oldAnswer = await world.ask(old, 'note.read', { id: 'a' });

    expect(answer.result).toEqual({ id: 'a', text: 'x', etag: 'v1' });
    expect(oldAnswer).toEqual({ request_id: 'r-1', type: 'note.read', ok: true, result: { id: 'a', text: 'x' } });
  });
});

describe('an unknown key', () => {
  it.each([
    ['at the top level', '{"request_id":"x","type":"note.read","payload":{"id":"a"},"extra":1}', ['extra']],
    [
      'that is a prototype, at the top level',
      '{"request_id":"x","type":"note.read","payload":{"id":"a"},"__proto__":{}}',
      ['__proto__'],
    ],
    ['in the payload', '{"request_id":"x","type":"note.read","payload":{"id":"a","extra":1}}', ['payload', 'extra']],
    [
      'deep in the payload',
      '{"request_id":"x","type":"note.read","payload":{"id":"a","options":{"deep":true,"more":1}}}',
      ['payload', 'options', 'more'],
    ],
    [
      'that is a prototype, in the payload',
      '{"request_id":"x","type":"note.read","payload":{"id":"a","__proto__":{"id":"b"}}}',
      ['payload', '__proto__'],
    ],
    [
      'that is a prototype, deep in the payload',
      '{"request_id":"x","type":"note.read","payload":{"id":"a","options":{"__proto__":1}}}',
      ['payload', 'options', '__proto__'],
    ],
    [
      'named constructor',
      '{"request_id":"x","type":"note.read","payload":{"id":"a","constructor":1}}',
      ['payload', 'constructor'],
    ],
  ])('%s is refused with its path [FR-10] [FR-7]', async (_where, text, path) => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.sendText(text);
    await settle();

    expect(peer.last.error).toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
  });

  it('of 500,000 characters is told short: the answer fits a frame', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.read', { id: 'a', ['k'.repeat(500_000)]: 1 });

    expect(answer.error?.code).toBe('contract_error');
    expect(JSON.stringify(answer).length).toBeLessThan(2_000);
  });

  it('of revision 3 is one at revision 2 [FR-10] [FR-12]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    const keyed = await world.ask(peer, 'note.write', { id: 'a', text: 'x' }, { idempotency_key: 'k' });
    const tagged = await world.ask(peer, 'note.write', { id: 'a', text: 'x', tag: 't' });

    expect(keyed.error?.details).toEqual({ issues: [{ path: ['idempotency_key'], message: 'unknown key' }] });
    expect(tagged.error?.details).toEqual({ issues: [{ path: ['payload', 'tag'], message: 'unknown key' }] });
  });
});

describe('a trace', () => {
  const trace = {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=b',
    own: { deep: [1] },
  };

  it('reaches the handler and what it causes, with every member [FR-9]', async () => {
    const seen: unknown[] = [];
    const world = await createWorld({
      handlers: {
        'note.judge': (_payload, context) => {
          seen.push(context.trace);
          const [node] = [...world.gateway.peers.all()].filter(({ role }) => role === 'node');
          void node
            ?.request('lamp.act', { lamp: 'a' }, context.trace === undefined ? {} : { trace: context.trace })
            .catch(() => {});
        },
      },
    });
    const node = await world.connect({ role: 'node' });
    const peer = await world.connect();

    await world.ask(peer, 'note.judge', { id: 'a' }, { trace });
    await world.ask(peer, 'note.judge', { id: 'a' });

    expect(seen).toEqual([trace, undefined]);
    expect(node.frames.filter(({ type }) => type === 'lamp.act').map((frame) => frame.trace)).toEqual([
      trace,
      undefined,
    ]);
  });

  it('that is no trace context is refused with its path [FR-9]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.read', { id: 'a' }, { trace: { tracestate: 'a' } });

    expect(answer.error).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['trace'] }] } });
  });
});

describe('the scope of an event', () => {
  it.each([
    [{ kind: 'global' }],
    [{ kind: 'agent', agent_id: 'a' }],
    [{ kind: 'conversation', conversation_key: 'c' }],
    [{ kind: 'turn', turn_id: 't' }],
  ] as const)('%j is said as it was written [FR-8]', async (scope) => {
    const world = await createWorld();
    const peer = await world.connect();

    await world.append({ type: 'lamp.told', payload: { lamp: 'a' }, scope });

    expect(peer.last.scope).toEqual(scope);
  });
});
