import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endGateways,
  type GatewayProcess,
  makeDataDirectory,
  PROCESS_TIMEOUT_MS,
  startGateway,
  TOKEN,
} from './gateway-process.ts';
import { connectPeer, createDevice, openPeer } from './revision-two-peer.ts';
import { type Frame, readStrictly } from './revision-two-reader.ts';

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway(await makeDataDirectory());
}, PROCESS_TIMEOUT_MS);

afterAll(endGateways);

const connect = (device = createDevice()) => connectPeer({ port: gateway.port, token: TOKEN, device });
const keysOf = (value: object) => Object.keys(value).sort();
const said = (id: string, text: string) => ({ id, role: 'user', parts: [{ type: 'text', text }] });
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('a peer that speaks only revision 2', { timeout: PROCESS_TIMEOUT_MS }, () => {
  it('is answered the upgrade with its subprotocol, no extension, and nothing of its token [UP-3] [UP-11]', async () => {
    const { socket } = await openPeer({ port: gateway.port, token: TOKEN });

    const { status, headers } = socket.answer;
    socket.cut();

    expect(status).toBe(101);
    expect(headers['sec-websocket-protocol']).toBe('tyrum-v1');
    expect(headers).not.toHaveProperty('sec-websocket-extensions');
    expect(JSON.stringify(headers)).not.toContain(TOKEN);
  });

  it('completes the handshake, and sees its keys alone [HS-1] [HS-16] [HS-17] [HS-19] [RV-1] [RV-3]', async () => {
    const device = createDevice();
    const { socket } = await openPeer({ port: gateway.port, token: TOKEN });
    const agreed: { connection_id: string; challenge: string }[] = [];

    socket.sendText(
      `{"request_id":"1","type":"connect.init","payload":{"protocol_rev":2,"role":"client","device":{"device_id":"${device.id}","pubkey":"${device.pubkey}","label":"desk","device_type":"desktop","device_platform":"linux"},"capabilities":[]}}`,
    );
    const init = JSON.parse(await socket.next());
    const { connection_id, challenge } = init.result;
    agreed.push(init.result);
    const transcript =
      'tyrum-connect-proof\n' +
      'protocol_rev=2\n' +
      'role=client\n' +
      `device_id=${device.id}\n` +
      `connection_id=${connection_id}\n` +
      `challenge=${challenge}\n`;
    const proof = sign(null, Buffer.from(transcript), device.privateKey).toString('base64url');
    socket.sendText(
      `{"request_id":"2","type":"connect.proof","payload":{"connection_id":"${connection_id}","proof":"${proof}"}}`,
    );
    const accepted = JSON.parse(await socket.next());

    expect(Buffer.byteLength(transcript)).toBe(219);
    expect(proof).toHaveLength(86);
    expect(keysOf(init)).toEqual(['ok', 'request_id', 'result', 'type']);
    expect(keysOf(init.result)).toEqual(['challenge', 'connection_id']);
    expect(init).toMatchObject({ request_id: '1', type: 'connect.init', ok: true });
    expect(connection_id).toMatch(UUID);
    expect(challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(keysOf(accepted)).toEqual(['ok', 'request_id', 'result', 'type']);
    expect(keysOf(accepted.result)).toEqual(['client_id', 'device_id', 'role']);
    expect(accepted).toEqual({
      request_id: '2',
      type: 'connect.proof',
      ok: true,
      result: { client_id: connection_id, device_id: device.id, role: 'client' },
    });

    const other = await connect(device);
    agreed.push(other.frames[0]?.result);
    expect(new Set(agreed.map((one) => one.connection_id)).size).toBe(2);
    expect(new Set(agreed.map((one) => one.challenge)).size).toBe(2);
    socket.cut();
    other.socket.cut();
  });

  it('is closed for a key that came with revision 3, in the handshake [RV-1] [HS-8]', async () => {
    const device = createDevice();
    const { socket } = await openPeer({ port: gateway.port, token: TOKEN });
    const payload = {
      protocol_rev: 2,
      role: 'client',
      device: { device_id: device.id, pubkey: device.pubkey },
      resume: { cursor: 'acked' },
    };

    socket.sendText(JSON.stringify({ request_id: '1', type: 'connect.init', payload }));

    await expect(socket.next()).rejects.toThrow('4003');
    expect((await socket.closed).code).toBe(4003);
  });

  it('is closed for a revision that is not served, without an error response [RV-2] [HS-8]', async () => {
    const device = createDevice();
    const { socket } = await openPeer({ port: gateway.port, token: TOKEN });
    const payload = {
      protocol_rev: 1,
      role: 'client',
      device: { device_id: device.id, pubkey: device.pubkey },
      capabilities: [],
    };

    socket.sendText(JSON.stringify({ request_id: '1', type: 'connect.init', payload }));

    await expect(socket.next()).rejects.toThrow('4005');
    expect((await socket.closed).code).toBe(4005);
  });

  it('has a whole conversation without one key that it does not know [FR-7] [FR-12] [RV-3] [EV-8] [EV-9] [RV-16]', async () => {
    const peer = await connect();
    const onlooker = await connect();

    const created = (await peer.ask('conversation.create', { agent_key: 'default', channel: 'api' })).result;
    const { conversation_id } = created.conversation;
    const { stream_id } = (
      await peer.ask('conversation.send', {
        conversation_id,
        messages: [said('msg_1', 'hello to you')],
        trigger: 'submit-message',
        headers: {},
        body: {},
      })
    ).result;
    const ofStream = ({ type, payload }: Frame) => type === 'chat.ui-message.stream' && payload.stream_id === stream_id;
    const completed = ({ type, payload }: Frame) => type === 'turn.completed' && payload.turn_id === stream_id;
    await peer.until((frame) => ofStream(frame) && frame.payload.stage === 'done');
    await peer.until(completed);
    await onlooker.until(completed);
    const got = (await peer.ask('conversation.get', { conversation_id })).result.conversation;
    const listed = (await peer.ask('conversation.list', { limit: 200 })).result.conversations;
    const turns = (await peer.ask('turn.list', {})).result.turns;
    const archived = await peer.ask('conversation.archive', { conversation_id, archived: true });
    const left = (await peer.ask('conversation.list', { limit: 200 })).result.conversations;
    const pong = await peer.ask('ping', {});

    expect(created.conversation).toMatchObject({ message_count: 0, messages: [], archived: false });
    expect(stream_id).toMatch(UUID);
    expect(got.messages.map(({ role, parts }: { role: string; parts: unknown }) => [role, parts])).toEqual([
      ['user', [{ type: 'text', text: 'hello to you' }]],
      ['assistant', [{ type: 'text', text: 'hello to you' }]],
    ]);
    expect(listed).toMatchObject([{ conversation_id, message_count: 2 }]);
    expect(turns).toMatchObject([{ turn: { turn_id: stream_id, status: 'succeeded', attempt: 1 } }]);
    expect(archived.result).toEqual({ conversation_id, archived: true });
    expect(left).toEqual([]);
    expect(pong.result ?? {}).toEqual({});

    const events = peer.frames.filter(({ event_id }) => event_id !== undefined);
    const turnEvents = ['turn.queued', 'turn.started', 'turn.completed'];
    expect(events.map(({ type }) => type).filter((type) => turnEvents.includes(type))).toEqual(turnEvents);
    const deltas = events.filter(({ type }) => type === 'message.delta').map(({ payload }) => payload.delta);
    expect(deltas.join('')).toBe('hello to you');
    const chunks = events.filter(ofStream).map(({ payload }) => payload.chunk ?? payload.stage);
    const answerId = got.messages[1].id;
    expect(chunks).toEqual([
      { type: 'start' },
      { type: 'text-start', id: answerId },
      ...deltas.map((delta) => ({ type: 'text-delta', id: answerId, delta })),
      { type: 'text-end', id: answerId },
      { type: 'finish' },
      'done',
    ]);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);

    // Another device of the same tenant sees the turn, and not the stream of the sender.
    expect(onlooker.frames.some(ofStream)).toBe(false);
    expect(onlooker.frames.some(({ type }) => type === 'message.final')).toBe(true);
    peer.socket.cut();
    onlooker.socket.cut();
  });

  it('is refused what only revision 3 has, in the words of revision 2 [RQ-2] [ER-2] [FR-10] [FR-12] [RV-3]', async () => {
    const peer = await connect();

    const younger = await peer.ask('task.list', {});
    const titled = await peer.ask('conversation.create', { title: 'Groceries' });
    const missing = await peer.ask('conversation.get', { conversation_id: 'conv_none' });

    expect(younger).toMatchObject({ ok: false, error: { code: 'unsupported_operation', details: { since: 3 } } });
    expect(titled).toEqual({
      request_id: titled.request_id,
      type: 'conversation.create',
      ok: false,
      error: {
        code: 'contract_error',
        message: expect.stringContaining('payload.title: unknown key'),
        details: { issues: [{ path: ['payload', 'title'], message: 'unknown key' }] },
      },
    });
    expect(keysOf(missing.error).filter((key) => key !== 'details')).toEqual(['code', 'message']);
    expect(missing.error.code).toBe('not_found');
    peer.socket.cut();
  });

  it('gets the same answer to a repeat, and no word that it is one [RQ-6] [RQ-7] [RQ-8]', async () => {
    const device = createDevice();
    const peer = await connect(device);
    const first = await peer.ask('conversation.create', { agent_key: 'repeats' }, 'the-same');
    peer.socket.cut();

    const again = await connect(device);
    const second = await again.ask('conversation.create', { agent_key: 'repeats' }, 'the-same');

    expect(second).toEqual(first);
    const { conversations } = (await again.ask('conversation.list', { agent_key: 'repeats' })).result;
    expect(conversations).toHaveLength(1);
    again.socket.cut();
  });

  it('is told nothing of what happened before it came [EV-8]', async () => {
    const device = createDevice();
    const peer = await connect(device);
    const { conversation_id } = (await peer.ask('conversation.create', {})).result.conversation;
    const sent = { conversation_id, messages: [said('msg_1', 'early')], trigger: 'submit-message' };
    const { stream_id: early } = (await peer.ask('conversation.send', sent)).result;
    await peer.until(({ type, payload }) => type === 'turn.completed' && payload.turn_id === early);
    peer.socket.cut();

    const later = await connect(device);
    const more = { ...sent, messages: [said('msg_2', 'late')] };
    const { stream_id: late } = (await later.ask('conversation.send', more)).result;
    await later.until(({ type, payload }) => type === 'turn.completed' && payload.turn_id === late);

    expect(JSON.stringify(later.frames)).not.toContain(early);
    later.socket.cut();
  });
});

describe('the strict reader', () => {
  const event = {
    event_id: 'e',
    type: 'turn.queued',
    occurred_at: '2026-01-02T03:04:05.120Z',
    payload: { turn_id: 't' },
  };

  it.each([
    ['a key at the top', { ...event, cursor: 'c' }, 'cursor'],
    ['a key in the payload', { ...event, payload: { turn_id: 't', conversation_id: 'c' } }, 'payload.conversation_id'],
    ['a key in the scope', { ...event, scope: { kind: 'global', more: 1 } }, 'scope.more'],
    ['a type of revision 3', { ...event, type: 'task.updated' }, 'task.updated'],
    ['a missing key', { ...event, payload: {} }, 'turn_id is missing'],
    ['a mark on a response', { request_id: '1', type: 'ping', ok: true, replayed: true }, 'replayed'],
    [
      'a hint in an error',
      { request_id: '1', type: 'ping', ok: false, error: { code: 'conflict', message: '', retryable: false } },
      'retryable',
    ],
  ])('hangs up on %s', (_what, frame, path) => {
    expect(() => readStrictly(JSON.stringify(frame))).toThrow(path);
  });
});
