import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FakeGateway, fakeGateway } from '../test-support/fake-gateway.ts';
import { clientFrame, closeCodeOn, rawRequest, UPGRADE_HEADERS } from '../test-support/raw-peer.ts';
import { createWebSocketEndpoint } from './upgrade.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(gateway: FakeGateway, { closeTimeoutMs = 3000 } = {}) {
  const endpoint = createWebSocketEndpoint(gateway, { closeTimeoutMs });
  const server = createServer().on('upgrade', endpoint.handleUpgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    void endpoint.close();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An honest peer, open, and the gateway's end of it. */
async function connect(gateway: FakeGateway, port: number) {
  const next = gateway.next();
  const peer = new WebSocket(`ws://127.0.0.1:${port}/ws`, 'tyrum-v1');
  closers.push(() => peer.terminate());
  const [accepted] = await Promise.all([next, once(peer, 'open')]);
  return { peer, accepted };
}

/** A peer that writes bytes of its own choice behind the upgrade. */
async function intrude(port: number, bytes: Buffer) {
  const { socket } = await rawRequest(port, '/ws', UPGRADE_HEADERS, { behind: bytes });
  closers.push(() => socket.destroy());
  return socket;
}

const closeOf = async (peer: WebSocket) => {
  const [code, reason] = await once(peer, 'close');
  return [code, String(reason)];
};

describe('a channel', () => {
  it('carries text both ways, in order, and many texts in one turn', async () => {
    const gateway = fakeGateway();
    gateway.onText = ({ channel }, text) => {
      channel.send(`${text} 1`);
      channel.send(`${text} 2`);
    };
    const { peer, accepted } = await connect(gateway, await serve(gateway));
    accepted.open = true;
    const received: string[] = [];
    peer.on('message', (data) => received.push(String(data)));

    peer.send('grüße');
    peer.send('x'.repeat(70_000));
    while (received.length < 4) await once(peer, 'message');

    expect(received).toEqual(['grüße 1', 'grüße 2', `${'x'.repeat(70_000)} 1`, `${'x'.repeat(70_000)} 2`]);
  });

  it('tells a binary message from a text [ER-9]', async () => {
    const gateway = fakeGateway();
    const { peer, accepted } = await connect(gateway, await serve(gateway));

    peer.send(Buffer.from('bytes'));
    await accepted.until(1, 'binary');

    expect(accepted.received).toEqual(['binary']);
  });

  it('pings, and tells the gateway that the peer has answered [LV-1]', async () => {
    const gateway = fakeGateway();
    const { accepted } = await connect(gateway, await serve(gateway));

    accepted.channel.ping();

    await accepted.until(1, 'alive');
  });

  it('delivers nothing while it is paused, not even what came in the same packet [FC-2]', async () => {
    const gateway = fakeGateway();
    gateway.onText = ({ channel }, text) => {
      if (text === 'stop') channel.pause();
    };
    const port = await serve(gateway);
    const next = gateway.next();
    await intrude(port, Buffer.concat(['one', 'stop', 'two', 'stop', 'three'].map((text) => clientFrame(text))));
    const accepted = await next;
    await accepted.until(2);
    expect(accepted.received).toEqual(['one', 'stop']);

    accepted.channel.resume();
    expect(accepted.received).toEqual(['one', 'stop', 'two', 'stop']);
    accepted.channel.resume();

    expect(accepted.received).toEqual(['one', 'stop', 'two', 'stop', 'three']);
  });

  it('reads nothing that came with the upgrade or behind it while it is paused from the start, and loses none of it [UP-8]', async () => {
    const gateway = fakeGateway();
    gateway.onAccept = ({ channel }) => channel.pause();
    const next = gateway.next();
    const [one, two, three] = ['one', 'two', 'three'].map((text) => clientFrame(text)) as [Buffer, Buffer, Buffer];
    const socket = await intrude(await serve(gateway), Buffer.concat([one, two.subarray(0, 4)]));
    const accepted = await next;

    socket.write(Buffer.concat([two.subarray(4), three]));
    // Another connection's round trip begins later and ends first.
    const other = await connect(gateway, await serve(gateway));
    gateway.accepted.at(-1)?.channel.resume();
    other.peer.ping();
    await once(other.peer, 'pong');
    expect(accepted.received).toEqual([]);
    accepted.channel.resume();
    await accepted.until(3);

    expect(accepted.received).toEqual(['one', 'two', 'three']);
  });

  it('counts what is not written yet, and tells when everything is [FC-7]', async () => {
    const gateway = fakeGateway();
    const { peer, accepted } = await connect(gateway, await serve(gateway));
    peer.pause();

    for (let count = 0; count < 200; count += 1) accepted.channel.send('x'.repeat(100_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(accepted.channel.bufferedBytes).toBeGreaterThan(1_000_000);
    expect(accepted.received).toEqual([]);
    peer.resume();
    await accepted.until(1, 'drained');

    expect(accepted.channel.bufferedBytes).toBe(0);
  });

  it('closes behind everything that was sent, with a reason of at most 123 bytes [CC-2]', async () => {
    const gateway = fakeGateway();
    const { peer, accepted } = await connect(gateway, await serve(gateway));
    const received: string[] = [];
    peer.on('message', (data) => received.push(String(data)));

    accepted.channel.send('last words');
    accepted.channel.close(1012, 'é'.repeat(100));
    accepted.channel.send('too late');

    expect(await closeOf(peer)).toEqual([1012, 'é'.repeat(61)]);
    expect(received).toEqual(['last words']);
    expect(await accepted.ended).toEqual([1012, 'é'.repeat(61)]);
  });

  it('is closed by a gateway that refuses while it accepts, with nothing of the peer delivered [UP-8]', async () => {
    const gateway = fakeGateway();
    gateway.onAccept = ({ channel }) => channel.close(4001, 'the token is missing');
    const port = await serve(gateway);
    const socket = await intrude(
      port,
      Buffer.concat([clientFrame('{"request_id":"1"}'), clientFrame('', { opcode: 8 })]),
    );

    expect(await closeCodeOn(socket)).toBe(4001);
    expect(gateway.accepted[0]?.received).toEqual([]);
  });

  it('tells the gateway of a socket that breaks', async () => {
    const gateway = fakeGateway();
    const { peer, accepted } = await connect(gateway, await serve(gateway));

    peer.terminate();

    expect((await accepted.ended)[0]).toBe(1006);
  });

  it('cuts a peer that never answers a close, also one from which reading was paused', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway, { closeTimeoutMs: 50 });
    const next = gateway.next();
    const socket = await intrude(port, Buffer.alloc(0));
    const accepted = await next;
    accepted.channel.pause();

    accepted.channel.close(1013, 'the peer has stopped reading');

    expect((await accepted.ended)[0]).toBe(1006);
    expect(await closeCodeOn(socket)).toBe(1013);
  });

  it('sees the answer to a close although reading was paused', async () => {
    const gateway = fakeGateway();
    const { accepted } = await connect(gateway, await serve(gateway, { closeTimeoutMs: 60_000 }));
    accepted.channel.pause();

    accepted.channel.close(1012, 'the gateway restarts');

    expect(await accepted.ended).toEqual([1012, 'the gateway restarts']);
  });

  it('ends one connection, and only that one, when the gateway fails on a frame', async () => {
    const gateway = fakeGateway();
    gateway.onText = (_accepted, text) => {
      if (text === 'fatal') throw new Error('a bug');
    };
    const port = await serve(gateway);
    const [unlucky, lucky] = [await connect(gateway, port), await connect(gateway, port)];

    unlucky.peer.send('fatal');
    expect(await closeOf(unlucky.peer)).toEqual([1013, 'the gateway failed']);
    lucky.peer.send('hello');

    await lucky.accepted.until(1);
  });
});

describe('a frame that breaks the rules', () => {
  const malformed = {
    'without a mask': Buffer.from([0x81, 0x02, 0x68, 0x69]),
    'with a reserved bit': Buffer.from([0xc1, 0x80, 0, 0, 0, 0]),
    'with an unknown opcode': Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
    'that continues nothing': Buffer.from([0x80, 0x80, 0, 0, 0, 0]),
    'with a fragmented ping': Buffer.from([0x09, 0x80, 0, 0, 0, 0]),
    'with a close of one byte': Buffer.from([0x88, 0x81, 0, 0, 0, 0, 0]),
    'with text that is not UTF-8': clientFrame(Buffer.from([0xff, 0xfe])),
    'with a length beyond all numbers': Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
  };

  it.each(Object.entries(malformed))(
    '%s closes that socket alone, with a code of the protocol [UP-12] [CC-1]',
    async (_what, bytes) => {
      const gateway = fakeGateway();
      const port = await serve(gateway);
      const honest = await connect(gateway, port);

      const socket = await intrude(port, bytes);
      expect(await closeCodeOn(socket)).toBe(4003);
      honest.peer.send('still here');

      await honest.accepted.until(1);
    },
  );

  it('closes with 4009 once the handshake is complete [CC-1]', async () => {
    const gateway = fakeGateway();
    gateway.onAccept = (accepted) => {
      accepted.open = true;
    };
    const port = await serve(gateway);

    const socket = await intrude(port, malformed['without a mask']);

    expect(await closeCodeOn(socket)).toBe(4009);
  });
});

describe('a frame that is too large', () => {
  it('closes with 4009 by its declared length, before its payload has come [FC-1] [FC-4]', async () => {
    const gateway = fakeGateway({ max_frame_bytes: 1000 });
    gateway.onAccept = (accepted) => {
      accepted.open = true;
    };
    const port = await serve(gateway);

    const socket = await intrude(
      port,
      Buffer.concat([clientFrame('x'.repeat(1000)), clientFrame('', { declared: 1001 })]),
    );

    expect(await closeCodeOn(socket)).toBe(4009);
    expect(gateway.accepted[0]?.received).toEqual(['x'.repeat(1000)]);
  });

  it('closes with 4009 when its fragments are too large together, or too small and too many [FC-1] [FC-4]', async () => {
    const gateway = fakeGateway({ max_frame_bytes: 1000 });
    gateway.onAccept = (accepted) => {
      accepted.open = true;
    };
    const port = await serve(gateway);
    const begin = (text: string) => clientFrame(text, { final: false });
    const go = (text: string) => clientFrame(text, { opcode: 0, final: false });

    const large = await intrude(port, Buffer.concat([begin('x'.repeat(600)), go('x'.repeat(401))]));
    expect(await closeCodeOn(large)).toBe(4009);
    const small = await intrude(port, Buffer.concat([begin(''), ...Array.from({ length: 10 }, () => go(''))]));
    expect(await closeCodeOn(small)).toBe(4009);
  });
});

describe('a stranger', () => {
  it('is closed with 4003 after 64 KiB of a frame that never ends [HS-6]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);

    const socket = await intrude(port, clientFrame('x'.repeat(70_000), { declared: 1_000_000 }));

    expect(await closeCodeOn(socket)).toBe(4003);
    expect(gateway.accepted[0]?.received).toEqual([]);
  });

  it('is closed with 4003 after 64 KiB of pings [HS-6]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);
    const pings = Buffer.concat(Array.from({ length: 50 }, () => clientFrame('x'.repeat(125), { opcode: 9 })));
    const socket = await intrude(port, pings);

    // The library cuts a peer that sends more pings than it can answer at once, so these wait for their answers.
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      const batch = 50 * 127;
      if (Math.floor((received + chunk.length) / batch) > Math.floor(received / batch)) socket.write(pings);
      received += chunk.length;
    });

    expect(await closeCodeOn(socket)).toBe(4003);
    expect(received).toBeGreaterThan(60_000);
  });

  it('may send 64 KiB of frames [HS-6]', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);
    const next = gateway.next();

    await intrude(port, Buffer.concat(Array.from({ length: 8 }, () => clientFrame('x'.repeat(8192)))));

    await (await next).until(8);
  });

  it('may send as much as it likes once the handshake is complete', async () => {
    const gateway = fakeGateway();
    gateway.onAccept = (accepted) => {
      accepted.open = true;
    };
    const port = await serve(gateway);
    const next = gateway.next();

    await intrude(port, Buffer.concat(Array.from({ length: 40 }, () => clientFrame('x'.repeat(8192)))));

    await (await next).until(40);
  });

  it('ends one connection, and only that one, when the gateway fails on what has drained in the same turn', async () => {
    const gateway = fakeGateway();
    const port = await serve(gateway);
    const [unlucky, lucky] = [await connect(gateway, port), await connect(gateway, port)];
    gateway.onDrained = (accepted) => {
      if (accepted === unlucky.accepted) throw new Error('a bug');
    };
    const closed = closeOf(unlucky.peer);
    const message = once(lucky.peer, 'message');

    unlucky.accepted.channel.send('to one');
    lucky.accepted.channel.send('to another');

    expect(await closed).toEqual([1013, 'the gateway failed']);
    expect(String((await message)[0])).toBe('to another');
  });
});
