import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SocketWriter, type WriterOwner } from './socket-writer.ts';

/** A socket that keeps what it is given and takes it when it is told to. */
function slowSocket() {
  const written: Buffer[] = [];
  let take = () => {};
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // Nothing at all is taken at once, by every socket.
      if (chunk.length === 0) {
        done();
        return;
      }
      written.push(chunk);
      take = done;
    },
  });
  return { socket, written, take: () => take() };
}

/** An owner that waits for room, and does this when there is some. */
const waiting = (drained: () => void = () => {}): WriterOwner => ({ awaitsDrain: true, drained });

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a socket writer', () => {
  it('writes the frames of one turn of the event loop at once, in their order', async () => {
    const { socket, written } = slowSocket();
    const writer = new SocketWriter(socket, waiting());

    writer.write('a');
    await Promise.resolve();
    writer.write('b');
    writer.write('c');
    expect(writer.bufferedBytes).toBe(3);
    await turn();

    expect(written.map(String)).toEqual(['abc']);
  });

  it('hands over at most 64 KiB of whole frames at a time, so that what a slow peer has read can be seen', async () => {
    const { socket, written, take } = slowSocket();
    const writer = new SocketWriter(socket, waiting());

    for (let count = 0; count < 5; count += 1) writer.write('\x81'.repeat(30_000));
    await turn();
    expect(writer.bufferedBytes).toBe(150_000);
    take();
    await turn();

    expect(written.map((chunk) => chunk.length)).toEqual([60_000, 60_000]);
    expect(writer.bufferedBytes).toBe(90_000);
  });

  it('writes a frame of more than 64 KiB whole', async () => {
    const { socket, written } = slowSocket();
    const writer = new SocketWriter(socket, waiting());

    writer.write('\x81'.repeat(200_000));
    await turn();

    expect(written.map((chunk) => chunk.length)).toEqual([200_000]);
  });

  it('tells that it has drained once everything is written, and not before', async () => {
    const { socket, take } = slowSocket();
    let drained = 0;
    const writer = new SocketWriter(
      socket,
      waiting(() => {
        drained += 1;
      }),
    );

    writer.write('\x81'.repeat(60_000));
    writer.write('\x81'.repeat(60_000));
    await turn();
    take();
    await turn();
    expect(drained).toBe(0);
    take();
    await turn();

    expect(drained).toBe(1);
    expect(writer.bufferedBytes).toBe(0);
  });

  it('goes on when its own write is over, though the library has written a pong behind it', async () => {
    const { socket, written, take } = slowSocket();
    const writer = new SocketWriter(socket, waiting());

    writer.write('\x81'.repeat(60_000));
    writer.write('\x81'.repeat(60_000));
    await turn();
    socket.write('pong');
    take();
    await turn();
    take();
    await turn();

    expect(written.map((chunk) => chunk.length)).toEqual([60_000, 4, 60_000]);
  });

  it('writes on at once while the socket takes everything, and tells once that it has drained', async () => {
    const written: number[] = [];
    const socket = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.length);
        done();
      },
    });
    const drainedAt: number[] = [];
    const writer = new SocketWriter(
      socket,
      waiting(() => drainedAt.push(written.length)),
    );

    for (let count = 0; count < 3; count += 1) writer.write('\x81'.repeat(60_000));
    await turn();
    writer.write('a');
    await turn();

    expect(written).toEqual([60_000, 60_000, 60_000, 1]);
    expect(drainedAt).toEqual([3, 4]);
  });

  it('begins before the turn ends when very many sockets wait, and tells of it no earlier than otherwise', async () => {
    const slow = Array.from({ length: 100 }, slowSocket);
    const writers = slow.map(({ socket }) => new SocketWriter(socket, waiting()));
    const eager: string[] = [];
    const socket = new Writable({
      write(chunk, _encoding, done) {
        eager.push(String(chunk));
        done();
      },
    });
    let drained = 0;
    const first = new SocketWriter(
      socket,
      waiting(() => {
        drained += 1;
      }),
    );

    first.write('a');
    for (const writer of writers) writer.write('a');
    expect([eager, drained, first.bufferedBytes]).toEqual([['a'], 0, 0]);
    for (const writer of [first, ...writers]) writer.write('b');
    for (const writer of [first, ...writers]) writer.write('c');
    expect(eager).toEqual(['a']);
    await turn();
    expect([eager, drained, first.bufferedBytes]).toEqual([['a', 'bc'], 1, 0]);
    for (const { take } of slow) take();
    await turn();

    // One that has begun goes on when it can; the last of them had not begun.
    expect(slow[0]?.written.map(String)).toEqual(['a', 'bc']);
    expect(slow.at(-1)?.written.map(String)).toEqual(['abc']);
  });

  it('tells nothing to an owner that waits for nothing', async () => {
    const { socket, written, take } = slowSocket();
    let drained = 0;
    const writer = new SocketWriter(socket, {
      awaitsDrain: false,
      drained() {
        drained += 1;
      },
    });

    writer.write('a');
    await turn();
    take();
    await turn();
    writer.write('b');
    await turn();

    expect([drained, written.map(String)]).toEqual([0, ['a', 'b']]);
  });

  it('never tells of room at a socket that broke [FC-7]', async () => {
    const { socket, take } = slowSocket();
    socket.on('error', () => {});
    let drained = 0;
    const writer = new SocketWriter(
      socket,
      waiting(() => {
        drained += 1;
        // Whoever is told of room sends more, and would do so for ever.
        if (drained < 100) writer.write('more');
      }),
    );

    writer.write('a');
    await turn();
    socket.destroy(new Error('reset by the peer'));
    take();
    for (let count = 0; count < 5; count += 1) await turn();

    expect(drained).toBe(0);
  });

  it('hands over what is left when it ends, and takes nothing after that', async () => {
    const { socket, written, take } = slowSocket();
    const writer = new SocketWriter(socket, waiting());

    writer.write('\x81'.repeat(60_000));
    writer.write('\x81'.repeat(60_000));
    await turn();
    writer.write('last');
    writer.end();
    writer.write('late');
    take();
    await turn();

    expect(written.map((chunk) => chunk.length)).toEqual([60_000, 60_004]);
  });
});
