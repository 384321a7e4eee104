import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { carry, type Passage } from './passage.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    onSocket(socket);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A peer, a gateway that keeps what each of its connections gets, and the passage between them. */
async function createPassage() {
  const received: string[] = [];
  const gateways: Socket[] = [];
  const gatewayPort = await listen((socket) => {
    const at = gateways.push(socket) - 1;
    received[at] = '';
    socket.on('data', (chunk) => {
      received[at] += String(chunk);
    });
  });
  let ended = 0;
  let passage: Passage | undefined;
  const port = await listen((socket) => {
    passage = carry(
      socket,
      () => connect(gatewayPort, '127.0.0.1'),
      () => {
        ended += 1;
      },
    );
  });
  const peer = connect(port, '127.0.0.1').on('error', () => {});
  sockets.push(peer);
  const heard: string[] = [];
  peer.on('data', (chunk) => heard.push(String(chunk)));
  /** Resolves when a connection of the gateway has got this text in all. */
  async function until(at: number, text: string): Promise<void> {
    while (received[at] !== text) await new Promise((resolve) => setImmediate(resolve));
  }
  peer.write('hello ');
  await until(0, 'hello ');
  return { peer, heard, received, gateways, until, passage: passage as Passage, ends: () => ended };
}

describe('a passage', () => {
  it('carries bytes both ways', async () => {
    const { peer, heard, until, gateways } = await createPassage();

    peer.write('there');
    gateways[0]?.write('yes');

    await until(0, 'hello there');
    while (heard.length === 0) await once(peer, 'data');
    expect(heard).toEqual(['yes']);
  });

  it('gives a duplicate all that the peer sent and sends, and the peer nothing of what it is answered', async () => {
    const { peer, heard, passage, until, gateways } = await createPassage();

    passage.duplicate();
    await until(1, 'hello ');
    gateways[1]?.end('from the copy');
    peer.write('there');
    await until(0, 'hello there');
    gateways[0]?.write('from the first');

    while (heard.length === 0) await once(peer, 'data');
    expect(heard).toEqual(['from the first']);
  });

  it('leaves the peer of a deafened one in the dark, until that goes away', async () => {
    const { peer, passage, gateways, received, ends } = await createPassage();

    passage.deafen();
    await once(gateways[0] as Socket, 'close');
    peer.write('is anybody there?');
    await new Promise((resolve) => setImmediate(resolve));
    expect([peer.closed, received, ends()]).toEqual([false, ['hello '], 0]);
    peer.destroy();
    await once(peer, 'close');

    while (ends() === 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('passes half of what comes next when it halves, then cuts', async () => {
    const { peer, passage, received } = await createPassage();

    passage.halve();
    peer.write('12345678');
    await once(peer, 'close');

    expect('hello 1234'.startsWith(received[0] as string)).toBe(true);
  });

  it.each(['cut', 'reset'] as const)('ends both sides when it is %s', async (strike) => {
    const { peer, passage, gateways } = await createPassage();

    // A reset is an error too, which `once` would throw.
    const closed = [peer, gateways[0] as Socket].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    passage[strike]();

    await Promise.all(closed);
  });
});
