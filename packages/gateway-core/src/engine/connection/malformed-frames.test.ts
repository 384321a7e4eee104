import { ERROR_CODES, ProtocolError } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const deep = (depth: number) =>
  `{"request_id":"x","type":"note.write","payload":{"id":"a","text":"x","extra":${'['.repeat(depth)}${']'.repeat(depth)}}}`;

describe('a frame that cannot be answered', () => {
  it.each([
    ['is not JSON', 'hello', 'is not JSON'],
    ['is empty', '', 'is not JSON'],
    ['is cut', '{"request_id":"x"', 'is not JSON'],
    ['has a letter too many', '{}x', 'is not JSON'],
    ['is a list', '[{}]', 'expected a JSON object'],
    ['is null', 'null', 'expected a JSON object'],
    ['is a number', '7', 'expected a JSON object'],
    ['is text', '"ping"', 'expected a JSON object'],
    ['nests deeper than 64', deep(63), 'nests deeper than 64'],
    ['nests 10,000 deep and ends nowhere', '['.repeat(10_000), 'nests deeper than 64'],
    ['has no request id', '{"type":"ping","payload":{}}', 'request_id'],
    ['has a number for a request id', '{"request_id":7,"type":"ping","payload":{}}', 'request_id'],
    ['has an empty request id', '{"request_id":"","type":"ping","payload":{}}', 'request_id'],
    ['has null for a request id', '{"request_id":null,"type":"ping","payload":{}}', 'request_id'],
    ['has nothing', '{}', 'request_id'],
  ])('because it %s is told so by an error event, and the connection stays [ER-5]', async (_what, text, message) => {
    for (const revision of [2, 3] as const) {
      const world = await createWorld();
      const peer = await world.connect({ revision });

      peer.sendText(text);
      await settle();

      expect(peer.last).toMatchObject({ type: 'error', payload: { code: 'contract_error' } });
      expect(peer.last.payload?.message).toContain(message);
      expect((await world.ask(peer, 'ping', {})).ok).toBe(true);
      expect(peer.closeCode).toBeUndefined();
    }
  });

  it('may nest 64 deep: then it is a request [ER-5]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.sendText(deep(62));
    await settle();

    expect(peer.last.ok).toBe(true);
  });

  it('because it is an event is told so [ER-6]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send({
      event_id: 'e',
      type: 'note.written',
      occurred_at: '2026-01-02T03:04:05.678Z',
      payload: { id: 'a', text: '' },
    });
    peer.send({ event_id: 7, type: 'note.written' });
    await settle();

    expect(peer.events('error').map(({ payload }) => payload?.code)).toEqual(['contract_error', 'contract_error']);
    expect(peer.closeCode).toBeUndefined();
    expect(await world.store.log.read('acme', 0, 10)).toEqual([]);
  });

  it.each([
    ['to nothing', { request_id: 'g-1', type: 'ping', ok: true }],
    ['with an error', { request_id: 'g-1', type: 'ping', ok: false, error: { code: 'internal', message: '' } }],
    ['that is malformed', { request_id: 'g-1', type: 'ping', ok: false }],
    ['named like a prototype', { request_id: '__proto__', type: 'ping', ok: true }],
  ])('because it is a response %s is told so [ER-7]', async (_what, frame) => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send(frame);
    await settle();

    expect(peer.last).toMatchObject({ type: 'error', payload: { code: 'contract_error' } });
    expect(peer.closeCode).toBeUndefined();
  });

  it('because it answers another type than was asked is told so, and the right answer still counts [ER-7] [FR-4]', async () => {
    const world = await createWorld();
    const node = await world.connect({ role: 'node' });
    const acting = world.gateway.peers.find('acme', node.device.id)?.request('lamp.act', { lamp: 'a' });
    const asked = node.last;

    node.answer({ ...asked, type: 'ping' }, { ok: true });
    expect(node.last.type).toBe('error');
    node.answer(asked, { ok: true, result: { lit: true } });

    expect(await acting).toEqual({ lit: true });
  });

  it('is not one that comes late: the request that it answers was given up, not never asked [ER-7]', async () => {
    const world = await createWorld();
    const node = await world.connect({ role: 'node' });
    const acting = world.gateway.peers
      .find('acme', node.device.id)
      ?.request('lamp.act', { lamp: 'a' }, { timeoutMs: 100 });
    const asked = node.last;
    world.clock.advance(100);
    await expect(acting).rejects.toMatchObject({ code: 'timeout' });

    node.answer(asked, { ok: true, result: { lit: true } });
    expect(node.events('error')).toEqual([]);
    node.answer(asked, { ok: true, result: { lit: true } });

    expect(node.events('error')).toHaveLength(1);
  });
});

describe('a flood of frames that cannot be answered', () => {
  const kinds = ['x', '{}', '{"event_id":"e"}', '{"request_id":"x","type":"ping","ok":true}'];

  it('ends with 4009 at the 101st within 10 s, whatever their kinds [ER-8]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (let sent = 0; sent < 100; sent += 1) peer.sendText(kinds[sent % 4] ?? '');
    await settle();
    expect(peer.closeCode).toBeUndefined();
    expect(peer.events('error')).toHaveLength(100);
    world.clock.advance(9_999);
    peer.sendText('x');

    expect(peer.closeCode).toBe(4009);
  });

  it('is none when they are 100 in any 10 s, for as long as that goes on [ER-8]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (let sent = 0; sent < 1_000; sent += 1) {
      peer.sendText('x');
      world.clock.advance(100);
      await settle();
    }

    expect(peer.closeCode).toBeUndefined();
    for (let sent = 0; sent < 2; sent += 1) peer.sendText('x');
    expect(peer.closeCode).toBe(4009);
  });

  it('does not count requests that are refused [ER-8]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (let sent = 0; sent < 300; sent += 1) peer.send({ request_id: `r${sent}`, type: 'ping' });
    await settle();

    expect(peer.closeCode).toBeUndefined();
    expect(peer.frames.filter(({ error }) => error?.code === 'contract_error')).toHaveLength(300);
  });
});

describe('after the handshake', () => {
  it('a binary frame closes with 4009 [ER-9]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.channel.deliverBinary();

    expect(peer.closeCode).toBe(4009);
  });
});

describe('an error response', () => {
  it.each(ERROR_CODES.filter((code) => code !== 'internal'))(
    'carries %s as the handler said it [ER-1]',
    async (code) => {
      const world = await createWorld({
        handlers: {
          'note.rename': () => {
            throw new ProtocolError(code, 'said', { details: { a: 1 } });
          },
        },
      });
      const peer = await world.connect();

      const answer = await world.ask(peer, 'note.rename', { id: 'a' });

      expect(answer.error).toMatchObject({ code, message: 'said' });
    },
  );

  it('has no code that the table lacks, whatever a handler throws [ER-1] [ER-4]', async () => {
    const world = await createWorld({
      handlers: {
        'note.rename': () => {
          throw new ProtocolError('teapot' as 'conflict', 'of the handler');
        },
      },
    });
    const peer = await world.connect();

    expect((await world.ask(peer, 'note.rename', { id: 'a' })).error?.code).toBe('internal');
  });

  it('that is a contract_error names a path also where the handler did not [ER-3]', async () => {
    const world = await createWorld({
      handlers: {
        'note.rename': () => {
          throw new ProtocolError('contract_error', 'the name is taken by a dog');
        },
      },
    });
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.rename', { id: 'a' });

    expect(answer.error).toMatchObject({
      details: { issues: [{ path: ['payload'], message: 'the name is taken by a dog' }] },
    });
  });

  it('that is internal has a fixed message, an id that the log has too, and nothing of the cause [ER-4]', async () => {
    const world = await createWorld({
      handlers: {
        'note.rename': () => {
          throw new ProtocolError('internal', 'the secret cause', { details: { secret: 'cause' } });
        },
      },
    });
    const peer = await world.connect();

    const answers = [
      await world.ask(peer, 'note.rename', { id: 'a' }),
      await world.ask(peer, 'note.write', { id: 'a', text: 'throw' }),
    ];

    for (const { error } of answers) {
      const { error_id } = (error?.details ?? {}) as { error_id?: string };
      expect(error).toEqual({
        code: 'internal',
        message: 'the gateway failed',
        details: { error_id },
        retryable: false,
      });
      const [line] = world.logs.filter(({ fields }) => fields.error_id === error_id);
      expect(line?.fields.cause).toContain('the secret cause');
    }
    expect(JSON.stringify(peer.frames)).not.toContain('secret');
  });

  it('says at revision 3 whether and when to come back, and at revision 2 neither [ER-1] [FR-12]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const old = await world.connect({ revision: 2 });
    const busy = { id: 'a', text: 'busy' };

    expect((await world.ask(peer, 'note.write', busy)).error).toEqual({
      code: 'overloaded',
      message: 'come back',
      retryable: true,
      retry_after_ms: 70,
    });
    expect((await world.ask(old, 'note.write', busy)).error).toEqual({ code: 'overloaded', message: 'come back' });
  });
});
