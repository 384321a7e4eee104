import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BareWebSocket, maskedFrame, OPCODE, openWebSocket } from './bare-web-socket.ts';
import {
  endGateways,
  type GatewayProcess,
  makeDataDirectory,
  PROCESS_TIMEOUT_MS,
  startGateway,
  TOKEN,
} from './gateway-process.ts';
import {
  connectPeer,
  createDevice,
  initPayload,
  openPeer,
  proofOf,
  type RevisionTwoPeer,
} from './revision-two-peer.ts';

let gateway: GatewayProcess;
/** A peer that does nothing wrong, connected all the while: what others do is not to reach it. */
let bystander: RevisionTwoPeer;

beforeAll(async () => {
  gateway = await startGateway(await makeDataDirectory());
  bystander = await connectPeer({ port: gateway.port, token: TOKEN });
}, PROCESS_TIMEOUT_MS);

afterAll(async () => {
  bystander?.socket.cut();
  await endGateways();
});

let peer: RevisionTwoPeer;

afterEach(async () => {
  peer?.socket.cut();
  const newcomer = await connectPeer({ port: gateway.port, token: TOKEN });
  expect(await newcomer.ask('ping', {})).toMatchObject({ ok: true });
  expect(await bystander.ask('ping', {})).toMatchObject({ ok: true });
  newcomer.socket.cut();
  expect(gateway.running).toBe(true);
});

const open = (token: string | undefined = TOKEN) =>
  openPeer({ port: gateway.port, ...(token === '' ? {} : { token }) });
const closing = async ({ socket }: RevisionTwoPeer) => (await socket.closed).code;
const request = (type: string, payload: object, id = '1') => JSON.stringify({ request_id: id, type, payload });

/** Reads all that comes until the socket ends. */
async function restOf(socket: BareWebSocket): Promise<string[]> {
  const messages: string[] = [];
  for (;;) {
    const text = await socket.next().catch(() => undefined);
    if (text === undefined) return messages;
    messages.push(text);
  }
}

describe('an upgrade', { timeout: PROCESS_TIMEOUT_MS }, () => {
  it.each([
    ['another subprotocol', ['tyrum-v9']],
    ['none', []],
    ['one that begins like it', ['tyrum-v1x']],
  ])('that offers %s is answered 400 with one line [UP-2]', async (_what, protocols) => {
    const { answer } = await openWebSocket({ port: gateway.port, token: TOKEN, protocols });

    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(/^[^\n]+\n?$/);
    expect(answer.body).toContain('tyrum-v1');
  });

  it.each([
    ['without a token', ''],
    ['with a token that nobody gave out', 'a-token-of-nobody-at-all'],
    ['with a token that is only begun', TOKEN.slice(0, -1)],
  ])('%s is completed, and closed with 4001 [UP-8]', async (_what, token) => {
    peer = await open(token);

    expect(peer.socket.answer.status).toBe(101);
    expect(await closing(peer)).toBe(4001);
  });

  it('with a bad token is closed without a look at what came along with it [UP-8]', async () => {
    const behind = maskedFrame(OPCODE.text, Buffer.from(request('connect.init', initPayload(createDevice()))));
    const socket = await openWebSocket({ port: gateway.port, token: 'a-token-of-nobody-at-all', behind });

    expect(await restOf(socket)).toEqual([]);
    expect((await socket.closed).code).toBe(4001);
  });

  const malformed = {
    'a frame without a mask': Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]),
    'an opcode that is not defined': maskedFrame(3, Buffer.from('hello')),
    'a reserved bit': Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
    'a ping of 126 bytes': maskedFrame(OPCODE.ping, Buffer.alloc(126)),
    'text that is not UTF-8': maskedFrame(OPCODE.text, Buffer.from([0xc3, 0x28])),
    'a length of 2^63': Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
    noise: Buffer.from('ff00ee11dd22cc33bb44aa5599668877', 'hex'),
  };

  // Nothing is read before the token is judged: what comes with a bad one is never anybody's fault.
  const arrivals = [
    ['without a token', undefined, 4001],
    ['with a bad token', 'a-token-of-nobody-at-all', 4001],
    ['with a good token', TOKEN, 4003],
  ] as const;

  for (const [whose, token, code] of arrivals) {
    it.each(Object.entries(malformed))(
      `${whose} and with %s behind it ends that one socket [UP-8] [UP-12]`,
      async (_what, behind) => {
        const socket = await openWebSocket({ port: gateway.port, ...(token === undefined ? {} : { token }), behind });

        expect(await restOf(socket)).toEqual([]);
        expect((await socket.closed).code).toBe(code);
      },
    );
  }

  it('that is cut in the middle of a frame disturbs nobody [UP-12]', async () => {
    const socket = await openWebSocket({ port: gateway.port, token: TOKEN, behind: Buffer.from([0x81, 0xfe, 0x10]) });

    socket.cut();

    expect((await socket.closed).code).toBeUndefined();
  });
});

describe('before the handshake is complete', { timeout: PROCESS_TIMEOUT_MS }, () => {
  beforeEach(async () => {
    peer = await open();
  });

  it.each([
    ['is not JSON', 'hello'],
    ['is another request', request('ping', {})],
    ['has an unknown key', request('connect.init', { ...initPayload(createDevice()), shoe_size: 7 })],
    ['has a payload of the wrong shape', request('connect.init', { protocol_rev: 2 })],
  ])('a first frame that %s is closed with 4003 [HS-1]', async (_what, text) => {
    peer.socket.sendText(text);

    expect(await restOf(peer.socket)).toEqual([]);
    expect(await closing(peer)).toBe(4003);
  });

  it('a binary frame is closed with 4003 [HS-1]', async () => {
    peer.socket.sendFrame(OPCODE.binary, Buffer.from(request('connect.init', initPayload(createDevice()))));

    expect(await closing(peer)).toBe(4003);
  });

  it('the retired connect is told what took its place [HS-3]', async () => {
    peer.socket.sendText(request('connect', {}));

    const { code, reason } = await peer.socket.closed;
    expect(code).toBe(4003);
    expect(reason).toContain('connect.init');
  });

  it('a frame over 16 KiB is closed with 4003 [HS-5]', async () => {
    peer.socket.sendText(`"${'x'.repeat(16_384)}"`);

    expect(await closing(peer)).toBe(4003);
  });

  it.each(['x25519', 'ed448'] as const)('a key of the type %s is closed with 4006 [HS-11]', async (kind) => {
    peer.socket.sendText(request('connect.init', initPayload(createDevice(kind))));

    expect(await restOf(peer.socket)).toEqual([]);
    expect(await closing(peer)).toBe(4006);
  });

  it('a device named after another key is closed with 4006 [HS-13]', async () => {
    const device = { ...createDevice(), id: createDevice().id };

    peer.socket.sendText(request('connect.init', initPayload(device)));

    expect(await closing(peer)).toBe(4006);
  });

  it('a proof replayed from another connection is closed with 4007, under either name [HS-18] [HS-16]', async () => {
    const device = createDevice();
    const first = (await peer.ask('connect.init', initPayload(device))).result;
    const replayed = proofOf(device, first.connection_id, first.challenge);
    const accepted = await peer.ask('connect.proof', { connection_id: first.connection_id, proof: replayed });
    expect(accepted.ok).toBe(true);
    peer.socket.cut();

    for (const name of ['its own', 'the other']) {
      peer = await open();
      const { connection_id } = (await peer.ask('connect.init', initPayload(device))).result;
      const named = name === 'its own' ? connection_id : first.connection_id;
      peer.socket.sendText(request('connect.proof', { connection_id: named, proof: replayed }, '2'));

      expect(await restOf(peer.socket)).toEqual([]);
      expect(await closing(peer)).toBe(4007);
    }
  });

  it('a second init is closed with 4003 [HS-4] [HS-2]', async () => {
    const device = createDevice();
    await peer.ask('connect.init', initPayload(device));

    peer.socket.sendText(request('connect.init', initPayload(device), '2'));

    expect(await restOf(peer.socket)).toEqual([]);
    expect(await closing(peer)).toBe(4003);
  });
});

describe('after the handshake', { timeout: PROCESS_TIMEOUT_MS }, () => {
  beforeEach(async () => {
    peer = await connectPeer({ port: gateway.port, token: TOKEN });
  });

  const nested = (depth: number) =>
    `{"request_id":"deep","type":"ping","payload":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  const time = '2026-01-02T03:04:05.120Z';

  it.each([
    ['is not JSON [ER-5]', 'hello', 'JSON'],
    ['is a list [ER-5]', '[]', 'object'],
    ['nests deeper than 64 [ER-5]', nested(63), '64'],
    ['nests 100,000 deep [ER-5] [FC-4]', '['.repeat(100_000), '64'],
    ['has no request id [ER-5]', '{"type":"ping","payload":{}}', 'request_id'],
    ['is an event [ER-6]', `{"event_id":"e","type":"turn.queued","occurred_at":"${time}","payload":{}}`, 'event'],
    ['answers what nobody asked [ER-7]', '{"request_id":"g-1","type":"ping","ok":true}', 'response'],
  ])('a frame that %s is answered by one error event, and the connection stays', async (_what, text, word) => {
    const before = peer.frames.length;
    peer.socket.sendText(text);
    const told = await peer.until(({ type }) => type === 'error');

    expect(told.payload).toEqual({ code: 'contract_error', message: expect.stringContaining(word) });
    expect(await peer.ask('ping', {})).toMatchObject({ ok: true });
    expect(peer.frames.slice(before).filter(({ type }) => type === 'error')).toHaveLength(1);
    expect(peer.frames.slice(before).filter(({ ok }) => ok !== undefined)).toHaveLength(1);
  });

  it('a frame nested 64 deep is read, and judged by its keys [ER-5] [FR-10]', async () => {
    peer.socket.sendText(nested(62));

    const answer = await peer.until(({ request_id }) => request_id === 'deep');
    expect(answer.error.details.issues).toMatchObject([{ path: ['payload', 'a'] }]);
  });

  it.each([
    ['an unknown type [RQ-2] [RQ-1]', 'shoe.tie', {}, 'unsupported_operation', undefined],
    ['a type that the gateway alone sends [RQ-2]', 'task.execute', {}, 'unsupported_operation', undefined],
    [
      'an unknown key [FR-10] [ER-3]',
      'conversation.create',
      { shoe_size: 7 },
      'contract_error',
      ['payload', 'shoe_size'],
    ],
    [
      'an unknown key deep inside [FR-10] [ER-3]',
      'conversation.send',
      {
        conversation_id: 'c',
        trigger: 'submit-message',
        messages: [{ id: 'm', role: 'user', parts: [], shoe_size: 7 }],
      },
      'contract_error',
      ['payload', 'messages', 0, 'shoe_size'],
    ],
    [
      'a payload of the wrong shape [ER-3]',
      'conversation.get',
      { conversation_id: 7 },
      'contract_error',
      ['payload', 'conversation_id'],
    ],
    ['a list for a payload [ER-3]', 'conversation.create', [], 'contract_error', ['payload']],
  ])('a request with %s gets its one error response', async (_what, type, payload, code, path) => {
    const answer = await peer.ask(type, payload, 'bad');
    await peer.ask('ping', {});

    expect(answer).toMatchObject({ request_id: 'bad', type, ok: false, error: { code } });
    if (path !== undefined) expect(answer.error.details.issues).toMatchObject([{ path }]);
    expect(peer.frames.filter(({ request_id }) => request_id === 'bad')).toHaveLength(1);
  });

  it('an unknown key at the top gets its one error response [FR-10] [ER-3]', async () => {
    peer.socket.sendText('{"request_id":"bad","type":"ping","payload":{},"shoe_size":7}');

    const answer = await peer.until(({ request_id }) => request_id === 'bad');
    expect(answer.error).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['shoe_size'] }] } });
  });

  it('a binary frame is closed with 4009 [ER-9]', async () => {
    peer.socket.sendFrame(OPCODE.binary, Buffer.from(request('ping', {})));

    expect(await closing(peer)).toBe(4009);
  });

  it('a frame over the limit is closed with 4009 as soon as it says its size [FC-1] [FC-4]', async () => {
    const whole = maskedFrame(OPCODE.text, Buffer.alloc(1_048_577, 0x20));
    peer.socket.sendRaw(whole.subarray(0, 1024));

    expect(await closing(peer)).toBe(4009);
  });

  it('a frame just at the limit is read [FC-1]', async () => {
    const text = request('ping', {}, 'large');
    peer.socket.sendText(`${text}${' '.repeat(1_048_576 - text.length)}`);

    expect(await peer.until(({ request_id }) => request_id === 'large')).toMatchObject({ ok: true });
  });

  it('a second init is closed with 4003 [HS-4]', async () => {
    peer.socket.sendText(request('connect.init', initPayload(createDevice()), 'again'));

    expect(await closing(peer)).toBe(4003);
  });

  it('a malformed WebSocket frame is closed with 4009, and ends that one socket [UP-12]', async () => {
    peer.socket.sendRaw(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]));

    expect(await closing(peer)).toBe(4009);
  });
});
