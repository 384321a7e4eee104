import { afterEach, describe, expect, it } from 'vitest';
import { withAnother } from '../../testing/change-transcript.ts';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const init = (payload: unknown, more = {}) => ({ request_id: '1', type: 'connect.init', payload, ...more });

describe('the first frame', () => {
  const device = createDevice();
  const good = { protocol_rev: 2, role: 'client', device: { device_id: device.id, pubkey: device.pubkey } };

  it.each([
    ['text that is not JSON', 'hello'],
    ['a list', '[]'],
    ['nothing', ''],
    ['JSON that nests deeper than 64', `${'['.repeat(65)}${']'.repeat(65)}`],
    ['another request', JSON.stringify({ request_id: '1', type: 'ping', payload: {} })],
    ['a proof', JSON.stringify({ request_id: '1', type: 'connect.proof', payload: {} })],
    ['a response', JSON.stringify({ request_id: '1', type: 'connect.init', ok: true })],
    [
      'an event',
      JSON.stringify({ event_id: '1', type: 'connect.init', occurred_at: '2026-01-02T03:04:05Z', payload: {} }),
    ],
    ['an init without a request id', JSON.stringify({ type: 'connect.init', payload: good })],
    ['an init with an unknown key', JSON.stringify(init(good, { extra: 1 }))],
    ['an init without a payload', JSON.stringify({ request_id: '1', type: 'connect.init' })],
    ['an init whose payload is null', JSON.stringify(init(null))],
    ['an init without a role', JSON.stringify(init({ ...good, role: undefined }))],
    ['an init of another role', JSON.stringify(init({ ...good, role: 'admin' }))],
    ['an init without a device', JSON.stringify(init({ ...good, device: undefined }))],
    ['an init whose device has no key', JSON.stringify(init({ ...good, device: { device_id: device.id } }))],
    [
      'an init with a key that its device does not have',
      JSON.stringify(init({ ...good, device: { ...good.device, os: 'x' } })),
    ],
    [
      'an init with a prototype for a key',
      `{"request_id":"1","type":"connect.init","payload":{"__proto__":{},${JSON.stringify(good).slice(1)}}`,
    ],
    ['an init whose revision is no integer', JSON.stringify(init({ ...good, protocol_rev: 2.5 }))],
    ['an init of revision 0', JSON.stringify(init({ ...good, protocol_rev: 0 }))],
  ])('closes with 4003 and without a word when it is %s [HS-1] [HS-8]', async (_what, text) => {
    const world = await createWorld();
    const peer = world.dial();

    peer.sendText(text);
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(peer.frames).toEqual([]);
  });

  it('closes with 4003 when it is binary [HS-1]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    await settle();

    peer.channel.deliverBinary();

    expect(peer.closeCode).toBe(4003);
  });

  it.each([
    ['as it was', { request_id: '1', type: 'connect', payload: {} }],
    ['with keys of its own', { request_id: '1', type: 'connect', payload: {}, token: 'x' }],
  ])('closes with 4003 and names connect.init when it is the retired connect, %s [HS-3]', async (_what, frame) => {
    const world = await createWorld();
    const peer = world.dial();

    peer.send(frame);
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(peer.closeReason).toContain('connect.init');
  });
});

describe('the frame after the init result', () => {
  it.each([
    ['a request', { request_id: '2', type: 'note.read', payload: { id: 'a' } }],
    ['a second init', init({})],
    ['a proof without a signature', { request_id: '2', type: 'connect.proof', payload: { connection_id: 'x' } }],
    [
      'a proof with 85 characters',
      {
        request_id: '2',
        type: 'connect.proof',
        payload: { connection_id: '00000000-0000-4000-8000-000000000000', proof: 'A'.repeat(85) },
      },
    ],
    [
      'a proof with an unknown key',
      {
        request_id: '2',
        type: 'connect.proof',
        payload: { connection_id: '00000000-0000-4000-8000-000000000000', proof: 'A'.repeat(86), more: 1 },
      },
    ],
    ['not even an object', 7],
  ])('closes with 4003 when it is %s [HS-2]', async (_what, frame) => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce({ revision: 2 });
    await settle();

    peer.sendText(JSON.stringify(frame));
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(peer.frames).toHaveLength(1);
  });

  it('closes with 4003 when anything follows the proof before its result [HS-2]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce();
    await settle();

    peer.prove();
    peer.ask('ping', {});
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(peer.frames).toHaveLength(1);
    expect(world.gateway.held()).toEqual({ connections: 0, peers: 0, watchedTokens: 0, tenantLogs: 0 });
  });

  it('closes with 4003 when the proof comes twice [HS-2]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce();
    await settle();

    peer.prove();
    peer.prove();
    await settle();

    expect(peer.closeCode).toBe(4003);
  });
});

describe('a second connect.init', () => {
  it('closes with 4003 where a proof is due [HS-4]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce();
    await settle();

    peer.introduce();
    await settle();

    expect(peer.closeCode).toBe(4003);
  });

  it.each([
    ['whole', {}],
    ['with an unknown key', { extra: true }],
    ['with an idempotency key that is none', { idempotency_key: '' }],
  ])('closes with 4003 on an open connection, %s [HS-4]', async (_what, more) => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send(init({}, more));
    await settle();

    expect(peer.closeCode).toBe(4003);
  });

  it('is not what a late proof is: that is answered, and the connection stays [RQ-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.prove();
    await settle();

    expect(peer.last.error?.code).toBe('unsupported_operation');
    expect(peer.closeCode).toBeUndefined();
  });

  it('is told apart from the retired connect, which names it again [HS-3]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.ask('connect', {});
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(peer.closeReason).toContain('connect.init');
  });
});

describe('a revision 2 handshake', () => {
  it('is four frames with exactly the keys of revision 2 [HS-17] [HS-19] [RV-3]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce({ revision: 2, role: 'node' });
    await settle();
    const first = peer.last.result ?? {};
    expect(peer.last).toEqual({ request_id: 'init', type: 'connect.init', ok: true, result: first });
    expect(Object.keys(first)).toEqual(['connection_id', 'challenge']);
    expect(first.connection_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first.challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);

    peer.prove(
      `tyrum-connect-proof\nprotocol_rev=2\nrole=node\ndevice_id=${peer.device.id}\nconnection_id=${first.connection_id}\nchallenge=${first.challenge}\n`,
    );
    await settle();

    const result = { client_id: first.connection_id, device_id: peer.device.id, role: 'node' };
    expect(peer.last).toEqual({ request_id: 'proof', type: 'connect.proof', ok: true, result });
    expect(peer.connection.open).toBe(true);
  });

  it('never uses a connection id or a challenge again [HS-16]', async () => {
    const world = await createWorld();
    const results = [];
    for (let at = 0; at < 20; at += 1) {
      const peer = world.dial();
      peer.introduce({ revision: at % 2 === 0 ? 2 : 3 });
      await settle();
      results.push(peer.last.result?.connection_id, peer.last.result?.challenge);
    }

    expect(new Set(results).size).toBe(40);
  });

  it.each([
    ['another role', (text: string) => text.replace('role=client', 'role=node')],
    ['no last line end', (text: string) => text.slice(0, -1)],
    ['line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['another challenge', (text: string) => withAnother('challenge', text)],
    ['nothing', () => ''],
  ])('closes with 4007 when %s was signed [HS-17] [HS-18]', async (_what, change) => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce({ revision: 2 });
    await settle();

    peer.prove(change(peer.transcript));
    await settle();

    expect(peer.closeCode).toBe(4007);
    expect(peer.frames).toHaveLength(1);
  });

  it('closes with 4007 when the proof was signed with another key [HS-17] [HS-18]', async () => {
    const world = await createWorld();
    const other = createDevice();
    const device = createDevice();
    const peer = world.dial({ device: { ...device, sign: other.sign } });
    peer.introduce({ revision: 2 });
    await settle();

    peer.prove();
    await settle();

    expect(peer.closeCode).toBe(4007);
  });

  it('closes with 4007 when the proof names another connection [HS-18]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce({ revision: 2 });
    await settle();

    const payload = { connection_id: '00000000-0000-4000-8000-000000000000', proof: peer.device.sign(peer.transcript) };
    peer.ask('connect.proof', payload);
    await settle();

    expect(peer.closeCode).toBe(4007);
  });

  it('closes with 4007 when the signature is not canonically encoded [HS-18]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce({ revision: 2 });
    await settle();
    const proof = peer.device.sign(peer.transcript);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // The last character carries two bits: this one differs in the four that mean nothing.
    const stray = alphabet.charAt(alphabet.indexOf(proof.slice(-1)) + 1);

    peer.ask('connect.proof', { connection_id: peer.last.result?.connection_id, proof: proof.slice(0, -1) + stray });
    await settle();

    expect(peer.closeCode).toBe(4007);
  });
});
