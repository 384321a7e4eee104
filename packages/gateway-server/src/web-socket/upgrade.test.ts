import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FakeGateway, fakeGateway } from '../test-support/fake-gateway.ts';
import { rawRequest, UPGRADE_HEADERS } from '../test-support/raw-peer.ts';
import { createWebSocketEndpoint, type EndpointOptions } from './upgrade.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const stoppedClock = { now: () => 0, elapsed: () => 0, after: () => () => {} };

async function serve(gateway: FakeGateway, options: EndpointOptions = {}) {
  const endpoint = createWebSocketEndpoint(gateway, { closeTimeoutMs: 50, ...options });
  const server = createServer().on('upgrade', endpoint.handleUpgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    void endpoint.close();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function upgrade(port: number, headers: Record<string, string | undefined> = {}, path = '/ws') {
  const answer = await rawRequest(port, path, { ...UPGRADE_HEADERS, ...headers });
  closers.push(() => answer.socket.destroy());
  return answer;
}

describe('an upgrade', () => {
  it('is answered with tyrum-v1, whatever else is offered, and with no other header than it needs [UP-1] [UP-3] [UP-11]', async () => {
    const port = await serve(fakeGateway());

    const { status, headers } = await upgrade(port, {
      'Sec-WebSocket-Protocol': 'tyrum-auth.c2FtcGxlLXRva2Vu, tyrum-v1, tyrum-v0',
      'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    });

    expect(status).toBe(101);
    expect(headers).toEqual({
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'sec-websocket-protocol': 'tyrum-v1',
    });
  });

  it('hands the token to the gateway and says nothing of it, whether it is good or not [UP-3] [UP-4]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);

    await upgrade(port, { Authorization: 'Bearer sample-token' });
    await upgrade(port, {
      Cookie: 'tyrum_session=from-cookie',
      Host: 'gateway.example',
      Origin: 'https://gateway.example',
    });
    await upgrade(port, { 'Sec-WebSocket-Protocol': 'tyrum-v1, tyrum-auth.c2FtcGxlLXRva2Vu' });
    await upgrade(port);

    expect(gateway.accepted.map((accepted) => accepted.upgrade)).toEqual([
      { token: 'sample-token', remoteAddress: '127.0.0.1' },
      { token: 'from-cookie', remoteAddress: '127.0.0.1' },
      { token: 'sample-token', remoteAddress: '127.0.0.1' },
      { token: undefined, remoteAddress: '127.0.0.1' },
    ]);
  });

  it('takes no cookie of a foreign page and nothing from the URL [UP-5] [UP-7]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);

    await upgrade(port, { Cookie: 'tyrum_session=from-cookie', Origin: 'https://evil.example' });
    await upgrade(port, {}, '/ws?token=from-url&access_token=from-url');

    expect(gateway.accepted.map((accepted) => accepted.upgrade.token)).toEqual([undefined, undefined]);
  });

  it('is refused with 404 on another path, and served on a configured one [UP-1]', async () => {
    const elsewhere = await serve(fakeGateway(), { path: '/gateway/socket' });

    const refused = await upgrade(elsewhere);
    expect([refused.status, refused.text]).toEqual([404, 'nothing is served here; connect to /gateway/socket\n']);
    expect((await upgrade(elsewhere, {}, '/gateway/socket')).status).toBe(101);
  });

  it.each([undefined, 'tyrum-v2', 'TYRUM-V1', 'tyrum-auth.c2FtcGxlLXRva2Vu'])(
    'is refused with 400 and one line when it offers %s [UP-2]',
    async (offered) => {
      const gateway = fakeGateway();
      const port = await serve(gateway);

      const { status, headers, text } = await upgrade(port, { 'Sec-WebSocket-Protocol': offered });

      expect([status, headers['content-type'], text]).toEqual([
        400,
        'text/plain; charset=utf-8',
        'the subprotocol tyrum-v1 is not offered\n',
      ]);
      expect(gateway.accepted).toEqual([]);
    },
  );

  it('is refused with 429 and Retry-After when one address comes too often [UP-9]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway, { upgradesPerSecond: 0.1, upgradeBurst: 2, clock: stoppedClock });

    const answers = [
      await upgrade(port),
      await upgrade(port, { 'Sec-WebSocket-Protocol': undefined }),
      await upgrade(port),
    ];

    expect(answers.map(({ status }) => status)).toEqual([101, 400, 429]);
    expect(answers[2]?.headers['retry-after']).toBe('10');
    expect(gateway.accepted).toHaveLength(1);
  });

  it('is refused with 503 and Retry-After while the gateway drains [UP-10]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);
    gateway.draining = true;

    const { status, headers } = await upgrade(port);

    expect([status, headers['retry-after']]).toEqual([503, '10']);
    expect(gateway.accepted).toEqual([]);
  });

  it('is refused with 400 when it is not one to WebSocket', async () => {
    const port = await serve(fakeGateway());

    expect((await upgrade(port, { Upgrade: 'h2c' })).status).toBe(400);
    expect((await upgrade(port, { 'Sec-WebSocket-Key': 'short' })).status).toBe(400);
    expect((await upgrade(port, { 'Sec-WebSocket-Version': '7' })).status).toBe(400);
    expect((await upgrade(port, { 'Sec-WebSocket-Protocol': 'tyrum-v1, tyrum-v1' })).status).toBe(400);
  });

  it('harms nobody when its socket breaks at any moment [UP-12]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);
    const head = Object.entries(UPGRADE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
    const texts = [
      '',
      'GET /ws',
      `GET /ws HTTP/1.1\r\n${head.join('')}\r\n`,
      `GET /other HTTP/1.1\r\n${head.join('')}\r\n`,
      '\u0000\u0001garbage\r\n\r\n',
    ];

    await Promise.all(
      texts.map(async (text) => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        await new Promise((resolve) => socket.write(text, resolve));
        socket.resetAndDestroy();
      }),
    );
    const peer = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'tyrum-v1');
    closers.push(() => peer.terminate());

    await once(peer, 'open');
  });
});
