import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectDefaultSocket } from './default-socket.ts';

type Happening = { opened: true } | { message: unknown } | { closed: [number, string, number?] };

/** Opens the platform's socket and collects what happens on it. */
function open(url: string, token = 'tökén') {
  const happenings: Happening[] = [];
  let wake = () => {};
  const add = (happening: Happening) => {
    happenings.push(happening);
    wake();
  };
  const socket = connectDefaultSocket(
    { url, subprotocol: 'tyrum-v1', token },
    {
      opened: () => add({ opened: true }),
      message: (message) => add({ message }),
      closed: (code, reason, retryAfterMs) =>
        add({
          closed: [code, reason, ...(retryAfterMs === undefined ? [] : [retryAfterMs])] as [number, string, number?],
        }),
    },
  );
  const until = async (count: number) => {
    while (happenings.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return happenings;
  };
  return { socket, until };
}

async function listen(): Promise<{ server: WebSocketServer; url: string; upgrades: IncomingMessage[] }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const upgrades: IncomingMessage[] = [];
  server.on('connection', (_, request) => upgrades.push(request));
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`, upgrades };
}

describe('the default socket in Node.js', () => {
  test('carries text both ways and tells how it ended', async () => {
    const { server, url } = await listen();
    server.on('connection', (peer) => peer.on('message', (data) => peer.send(`echo ${String(data)}`)));
    const { socket, until } = open(url);
    await until(1);
    socket.send('hello');
    await until(2);
    expect(socket.bufferedBytes).toBe(0);
    for (const peer of server.clients) peer.close(4001, 'expired');

    expect(await until(3)).toEqual([{ opened: true }, { message: 'echo hello' }, { closed: [4001, 'expired'] }]);
    socket.send('into the void');
  });

  test('sends the token in a header, offers the one subprotocol and no compression [UP-4] [SEC-1]', async () => {
    const { url, upgrades } = await listen();
    const { until } = open(url, 'token-1');
    await until(1);

    const [{ headers, url: path } = {} as IncomingMessage] = upgrades;
    expect(headers?.authorization).toBe('Bearer token-1');
    expect(headers?.['sec-websocket-protocol']).toBe('tyrum-v1');
    expect(headers?.['sec-websocket-extensions']).toBeUndefined();
    expect(path).toBe('/ws');
  });

  test('closes with the code and reason that it is given', async () => {
    const { server, url } = await listen();
    const closed = new Promise<[number, string]>((resolve) => {
      server.on('connection', (peer) => peer.on('close', (code, reason) => resolve([code, reason.toString()])));
    });
    const { socket, until } = open(url);
    await until(1);
    socket.close(4003, 'refused');

    expect(await closed).toEqual([4003, 'refused']);
  });

  test('hands a binary message over as what it is', async () => {
    const { server, url } = await listen();
    server.on('connection', (peer) => peer.send(Buffer.from([1])));
    const [, second] = await open(url).until(2);

    expect(second).toHaveProperty('message');
    expect(typeof (second as { message: unknown }).message).not.toBe('string');
  });

  test('tells a server that is not there', async () => {
    const { server, url } = await listen();
    server.close();
    await once(server, 'close');

    expect(await open(url).until(1)).toEqual([{ closed: [1006, ''] }]);
  });

  test.each([
    { status: 503, headers: { 'retry-after': '7' }, expected: [1006, 'HTTP 503', 7_000] },
    { status: 429, headers: {}, expected: [1006, 'HTTP 429'] },
    { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }, expected: [1006, 'HTTP 429'] },
  ])(
    'tells an upgrade that was refused with $status and $headers [UP-9] [UP-10]',
    async ({ status, headers, expected }) => {
      const http = createServer();
      http.on('upgrade', (_, socket) => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`);
      });
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      onTestFinished(() => void http.close());
      const { until } = open(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`);

      expect(await until(1)).toEqual([{ closed: expected }]);
    },
  );
});
