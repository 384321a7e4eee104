import { once } from 'node:events';
import { createMemoryStore, generateGatewayKey, nodeSigner } from '@tyrum/gateway-core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createServer, type Server, type ServerOptions } from './create-server.ts';
import { openClient } from './test-support/handshake.ts';
import { clientFrame, closeCodeOn, rawRequest, UPGRADE_HEADERS } from './test-support/raw-peer.ts';

const TOKEN = 'an-admin-token-for-tests';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(limits = {}, more: Pick<ServerOptions, 'authenticator'> = {}) {
  const server = await createServer({
    ...more,
    store: createMemoryStore(),
    signer: nodeSigner(generateGatewayKey()),
    limits,
    http: { closeTimeoutMs: 100 },
  });
  servers.push(server);
  await server.gateway.tokens.ensureAdmin(TOKEN);
  return { server, ...(await server.listen()) };
}

/** The close that an upgrade with these headers ends in. */
async function closeAfter(url: string, headers: Record<string, string>, protocols = ['tyrum-v1']) {
  const socket = new WebSocket(url, protocols, { headers });
  const [code, reason] = await once(socket, 'close');
  return { code, reason: String(reason), protocol: socket.protocol };
}

/** Whether the gateway takes a peer with these headers for somebody: then it answers a wrong first frame with 4003. */
async function isKnown(url: string, headers: Record<string, string>, protocols = ['tyrum-v1']) {
  const socket = new WebSocket(url, protocols, { headers });
  socket.on('open', () => socket.send('{}'));
  const [code] = await once(socket, 'close');
  return code === 4003;
}

describe('a server', () => {
  it('speaks the protocol on its port', async () => {
    const { url } = await start();

    const client = await openClient(url, TOKEN);

    expect(await client.ask('ping', {})).toEqual({ request_id: '3', type: 'ping', ok: true });
    client.socket.terminate();
  });

  it('closes with 4001 after the 101, and parses nothing of what came along [UP-8]', async () => {
    const { url, port } = await start();

    expect(await closeAfter(url, {})).toMatchObject({ code: 4001, protocol: 'tyrum-v1' });
    expect(await closeAfter(url, { Authorization: 'Bearer not-the-token-at-all' })).toMatchObject({ code: 4001 });
    const { status, socket } = await rawRequest(port, '/ws', UPGRADE_HEADERS, { behind: clientFrame('{}') });
    expect([status, await closeCodeOn(socket)]).toEqual([101, 4001]);
  });

  describe('whose tokens are judged slowly', () => {
    const headers = { ...UPGRADE_HEADERS, Authorization: `Bearer ${TOKEN}` };

    /** A server that waits with every token for the test to say whether it is good. */
    async function startSlowly() {
      let judge = (_good: boolean) => {};
      const verdict = new Promise<boolean>((resolve) => {
        judge = resolve;
      });
      const principal = { tenant: 'default', tokenId: 'slow', roles: ['client'], scopes: [] } as const;
      const authenticate = async () => ((await verdict) ? principal : undefined);
      return { ...(await start({}, { authenticator: { authenticate, onChange: () => () => {} } })), judge };
    }

    it.each([
      ['good', true, 4003],
      ['bad', false, 4001],
    ])('parses nothing before it knows that one is %s [UP-8] [UP-12]', async (_what, good, code) => {
      const { port, judge } = await startSlowly();
      const { socket } = await rawRequest(port, '/ws', headers, { behind: Buffer.from('this is no frame at all') });
      // A stranger that floods is not the first to be answered either.
      socket.write(Buffer.alloc(1_048_576, 0xff));

      setImmediate(judge, good);

      expect(await closeCodeOn(socket)).toBe(code);
    });
  });

  it('takes the token from the header, the cookie of its own pages, or a subprotocol [UP-4] [UP-5] [UP-6]', async () => {
    const { url, http, port } = await start();
    const cookie = `tyrum_session=${TOKEN}`;
    const offered = ['tyrum-v1', `tyrum-auth.${Buffer.from(TOKEN).toString('base64url')}`];

    expect(await isKnown(url, { Authorization: `Bearer ${TOKEN}` })).toBe(true);
    expect(await isKnown(url, { Cookie: cookie, Origin: http })).toBe(true);
    expect(await isKnown(url, {}, offered)).toBe(true);
    expect(await isKnown(url, { Cookie: cookie, Origin: 'https://evil.example' })).toBe(false);
    expect(await isKnown(url, { Cookie: cookie, Origin: `http://127.0.0.1:${port + 1}` })).toBe(false);
    expect(await isKnown(url, { Authorization: 'Bearer not-the-token-at-all' }, offered)).toBe(false);
    expect(await isKnown(`${url}?token=${TOKEN}`, {})).toBe(false);
  });

  it('closes with 4003 on a frame over 16 KiB, or with a length over 64 KiB, before the handshake is complete [HS-5] [HS-6]', async () => {
    const { port } = await start();
    const headers = { ...UPGRADE_HEADERS, Authorization: `Bearer ${TOKEN}` };

    const large = await rawRequest(port, '/ws', headers, { behind: clientFrame('x'.repeat(16_385)) });
    expect(await closeCodeOn(large.socket)).toBe(4003);
    const endless = await rawRequest(port, '/ws', headers, {
      behind: clientFrame('x'.repeat(70_000), { declared: 999_999 }),
    });
    expect(await closeCodeOn(endless.socket)).toBe(4003);
  });

  it('survives whatever bytes a stranger, or somebody with a token, writes behind the upgrade [UP-12]', async () => {
    const { url, port } = await start();
    const honest = await openClient(url, TOKEN);
    const frame = fc
      .record({ opcode: fc.nat(15), final: fc.boolean(), payload: fc.uint8Array({ maxLength: 200 }) })
      .map(({ payload, ...options }) => clientFrame(Buffer.from(payload), options));
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }).map(Buffer.from), fc.array(frame).map(Buffer.concat));

    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (behind, known) => {
        const headers = { ...UPGRADE_HEADERS, Authorization: known ? `Bearer ${TOKEN}` : undefined };
        const { socket } = await rawRequest(port, '/ws', headers, { behind });
        // An error of this socket is the gateway's way to be rid of it.
        socket.on('error', () => {}).end();
        await closeCodeOn(socket);
      }),
      { numRuns: 100 },
    );

    expect(await honest.ask('ping', {})).toMatchObject({ ok: true });
    honest.socket.terminate();
  });

  it('closes with 4009 on an oversized and on a binary frame after the handshake, and goes on serving others [FC-1] [ER-9]', async () => {
    const { url } = await start({ max_frame_bytes: 20_000 });
    const [large, binary, honest] = [
      await openClient(url, TOKEN),
      await openClient(url, TOKEN),
      await openClient(url, TOKEN),
    ];

    large.socket.send('x'.repeat(20_001));
    binary.socket.send(Buffer.from('{}'));

    expect((await once(large.socket, 'close'))[0]).toBe(4009);
    expect((await once(binary.socket, 'close'))[0]).toBe(4009);
    expect(await honest.ask('ping', {})).toMatchObject({ ok: true });
    honest.socket.terminate();
  });

  it('lets an open connection send more than a stranger may [HS-6]', async () => {
    const { url } = await start();
    const client = await openClient(url, TOKEN);

    const answer = await client.ask('ping', { padding: 'x'.repeat(200_000) });

    expect(answer).toMatchObject({ ok: false, error: { code: 'contract_error' } });
    client.socket.terminate();
  });

  it('tells its peers that it restarts when it closes, and lets go of the port [LV-6]', async () => {
    const { server, url, port } = await start();
    const client = await openClient(url, TOKEN);

    const [[code]] = await Promise.all([once(client.socket, 'close'), server.close()]);

    expect(code).toBe(1012);
    await expect(rawRequest(port, '/ws', UPGRADE_HEADERS)).rejects.toThrow(/ECONNREFUSED/);
  });
});
