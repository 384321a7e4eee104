import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { Output } from './output.ts';

function withOutput() {
  const clock = createManualClock();
  const socket = { buffered: 0, sent: 0, stalls: 0 };
  const output = new Output(
    { clock, limits: { high_water_bytes: 10, stall_ms: 1_000 } },
    {
      send(text) {
        socket.sent += 1;
        socket.buffered += text.length;
      },
      get bufferedBytes() {
        return socket.buffered;
      },
    },
    {
      stalled() {
        socket.stalls += 1;
      },
    },
  );
  return { clock, socket, output };
}

describe('the output of a connection', () => {
  it('is full past its high-water mark, and behind with anything at all [FC-7]', () => {
    const { socket, output } = withOutput();

    expect([output.full(), output.behind()]).toEqual([false, false]);
    output.send('0123456789');
    expect([output.full(), output.behind()]).toEqual([false, true]);
    output.send('0');
    expect(output.full()).toBe(true);
    socket.buffered = 0;

    expect([output.full(), output.behind()]).toEqual([false, false]);
  });

  it('tells of a stall after the whole time without any reading, not before, and at most a quarter later [FC-9]', () => {
    const { clock, socket, output } = withOutput();
    output.send('x');

    clock.advance(999);
    expect(socket.stalls).toBe(0);
    clock.advance(251);

    expect(socket.stalls).toBe(1);
  });

  it('counts from the last time that something was read, however little and however much came after [FC-9]', () => {
    const { clock, socket, output } = withOutput();
    output.send('0123456789');
    clock.advance(900);
    socket.buffered -= 1;
    output.send('0123456789');

    clock.advance(999);
    expect(socket.stalls).toBe(0);
    clock.advance(251);

    expect(socket.stalls).toBe(1);
  });

  it('does not take more being sent for something being read [FC-9]', () => {
    const { clock, output, socket } = withOutput();

    for (let step = 0; step < 10; step += 1) {
      output.send('x');
      clock.advance(100);
    }

    expect(socket.stalls).toBe(1);
  });

  it('watches nobody who has read all, and watches again with the next frame [FC-9]', () => {
    const { clock, output, socket } = withOutput();
    output.send('x');
    socket.buffered = 0;
    clock.advance(10_000);
    expect([socket.stalls, clock.waiting]).toEqual([0, 0]);

    output.send('x');
    clock.advance(999);
    expect(socket.stalls).toBe(0);
    clock.advance(251);

    expect(socket.stalls).toBe(1);
  });

  it('watches nobody once it is stopped', () => {
    const { clock, output, socket } = withOutput();
    output.send('x');

    output.stop();
    clock.advance(10_000);

    expect([socket.stalls, clock.waiting]).toEqual([0, 0]);
  });
});
