import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '@tyrum/contracts';
import { type LogLevel, silentTelemetry } from '@tyrum/gateway-core';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FakeGateway, fakeGateway } from '../test-support/fake-gateway.ts';
import { rawRequest, UPGRADE_HEADERS } from '../test-support/raw-peer.ts';
import { createFront, type Front, type HttpOptions } from './front.ts';
import { createHttpApp } from './http-app.ts';

const fronts: Front[] = [];
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()));
});

function frontOf(gateway: FakeGateway, http: HttpOptions = {}, telemetry = silentTelemetry) {
  const front = createFront(gateway, { http: { closeTimeoutMs: 50, ...http }, telemetry, clock: systemClock() });
  fronts.push(front);
  return front;
}

async function get(base: string, path: string, init: RequestInit = {}) {
  const response = await fetch(`${base}${path}`, init);
  return [response.status, await response.json()];
}

describe('the HTTP routes', () => {
  it('say that the process lives and can work', async () => {
    const { http } = await frontOf(fakeGateway()).listen();

    expect(await get(http, '/healthz')).toEqual([200, { status: 'alive' }]);
    expect(await get(http, '/readyz')).toEqual([200, { status: 'ready' }]);
  });

  it('say why it cannot work: the store does not commit, and the log knows more', async () => {
    const gateway = fakeGateway();
    const log: unknown[] = [];
    const { http } = await frontOf(
      gateway,
      {},
      { log: (level: LogLevel, ...rest) => log.push([level, ...rest]) },
    ).listen();
    gateway.storeFailure = new Error('disk full at /secret/place');

    expect(await get(http, '/readyz')).toEqual([503, { status: 'not_ready', reason: 'the store does not commit' }]);
    expect(await get(http, '/healthz')).toEqual([200, { status: 'alive' }]);
    expect(log).toEqual([['error', 'the store does not commit', { cause: expect.stringContaining('disk full') }]]);
  });

  it('ask the store once a second, for all who ask', async () => {
    const gateway = fakeGateway();
    let asked = 0;
    gateway.checkReady = async () => {
      asked += 1;
    };
    let at = 0;
    const clock = { now: () => at, elapsed: () => at, after: () => () => {} };
    const app = createHttpApp({ gateway, telemetry: silentTelemetry, webSocketPath: '/ws', maxBodyBytes: 0, clock });

    await Promise.all(Array.from({ length: 20 }, () => app.request('/readyz')));
    at = 999;
    await app.request('/readyz');
    expect(asked).toBe(1);
    at = 1000;
    await app.request('/readyz');

    expect(asked).toBe(2);
  });

  it('say that the gateway is stopping', async () => {
    const gateway = fakeGateway();
    const { http } = await frontOf(gateway).listen();
    gateway.draining = true;

    expect(await get(http, '/readyz')).toEqual([503, { status: 'not_ready', reason: 'the gateway is stopping' }]);
  });

  it('are no others', async () => {
    const { http } = await frontOf(fakeGateway()).listen();

    expect(await get(http, '/')).toEqual([404, { error: { code: 'not_found', message: 'nothing is served here' } }]);
    expect(await get(http, '/healthz', { method: 'POST' })).toEqual([404, expect.anything()]);
    expect(await get(http, '/ws')).toEqual([
      426,
      { error: { code: 'upgrade_required', message: 'connect with a WebSocket' } },
    ]);
  });

  it('refuse a body and headers that are too large', async () => {
    const { http, port } = await frontOf(fakeGateway(), { maxBodyBytes: 1000 }).listen();

    expect(await get(http, '/anything', { method: 'POST', body: 'x'.repeat(1001) })).toEqual([
      413,
      { error: { code: 'too_large', message: 'the body is too large' } },
    ]);
    const { status, socket } = await rawRequest(port, '/healthz', {
      Host: 'x',
      Padding: 'x'.repeat(20_000),
      'Content-Length': '0',
    });
    socket.destroy();
    expect(status).toBe(431);
  });

  it('do not wait for headers that never come', async () => {
    const { port } = await frontOf(fakeGateway(), { headersTimeoutMs: 50 }).listen();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');

    const [answer] = await once(socket, 'data');

    expect(String(answer)).toContain('408 Request Timeout');
    socket.destroy();
  });
});

describe('listening', () => {
  it('takes a free port and tells the address to connect to [UP-1]', async () => {
    const front = frontOf(fakeGateway());
    expect(front.address).toBeUndefined();

    const address = await front.listen();

    expect(address).toEqual({
      host: '127.0.0.1',
      port: address.port,
      url: `ws://127.0.0.1:${address.port}/ws`,
      http: `http://127.0.0.1:${address.port}`,
    });
    expect(front.address).toEqual(address);
  });

  it('tells an address of this machine when it listens on every one', async () => {
    const address = await frontOf(fakeGateway(), { path: '/gate' }).listen({ host: '0.0.0.0' });

    expect(address.url).toBe(`ws://127.0.0.1:${address.port}/gate`);
  });

  it('fails when the port is in use', async () => {
    const { port } = await frontOf(fakeGateway()).listen();

    await expect(frontOf(fakeGateway()).listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('closing', () => {
  it('drains first, while newcomers are told to go elsewhere, then ends every connection and the port [UP-10] [LV-6]', async () => {
    const gateway = fakeGateway();
    let finish = () => {};
    const closeConnections = gateway.close;
    gateway.close = async () => {
      gateway.draining = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      await closeConnections();
    };
    const front = frontOf(gateway);
    const { port, url } = await front.listen();
    const peer = new WebSocket(url, 'tyrum-v1');
    await once(peer, 'open');

    const closing = front.close();
    const late = await rawRequest(port, '/ws', UPGRADE_HEADERS);
    expect(late.status).toBe(503);
    expect(peer.readyState).toBe(WebSocket.OPEN);
    finish();
    const [code] = await once(peer, 'close');
    await closing;

    expect(code).toBe(1012);
    expect(front.address).toBeUndefined();
  });

  it('cuts a peer that never answers, and an HTTP request that never ends', async () => {
    const gateway = fakeGateway();
    const front = frontOf(gateway, { closeTimeoutMs: 50 });
    const { port } = await front.listen();
    const { socket: peer } = await rawRequest(port, '/ws', UPGRADE_HEADERS);
    const idler = connect(port, '127.0.0.1').on('error', () => {});
    await once(idler, 'connect');
    idler.write('POST /anything HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');

    await front.close();

    expect(gateway.accepted).toHaveLength(1);
    peer.destroy();
    idler.destroy();
  });

  it('is the same close however often it is asked for, also when it never listened', async () => {
    const front = frontOf(fakeGateway());

    await Promise.all([front.close(), front.close()]);

    expect(front.address).toBeUndefined();
  });
});
