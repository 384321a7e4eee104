import { expect, test } from 'vitest';
import { createLoop } from '../kernel/loop.ts';
import { createPrng } from '../kernel/prng.ts';
import { createPipe, type Parcel, type PipeTraits } from './pipe.ts';

const FAST: PipeTraits = { latency: () => 10, bytesPerMs: Number.POSITIVE_INFINITY, windowBytes: 1_000 };

function open(traits: Partial<PipeTraits> = {}) {
  const loop = createLoop(() => {});
  const arrived: string[] = [];
  let drained = 0;
  const pipe = createPipe(
    loop,
    { ...FAST, ...traits },
    {
      arrive: (parcel) => void arrived.push(`${loop.elapsed} ${parcel.kind === 'text' ? parcel.text : parcel.kind}`),
      drained() {
        drained += 1;
      },
    },
  );
  const say = (text: string) => pipe.send({ kind: 'text', text });
  return { loop, pipe, arrived, say, drains: () => drained };
}

test('a pipe keeps the order, whatever latencies it draws', async () => {
  const random = createPrng('pipe');
  const { loop, arrived, say } = open({ latency: () => random.int(1_000) / 7 });
  const sent: string[] = [];
  for (let index = 0; index < 200; index += 1) {
    loop.after(index / 3, () => {
      sent.push(`${index}`);
      say(`${index}`);
    });
  }
  await loop.run(1_000);

  expect(arrived.map((line) => line.split(' ')[1])).toEqual(sent);
});

test('a pipe that carries little holds back what it has not sent, and says when it is empty', async () => {
  const { loop, pipe, arrived, say, drains } = open({ bytesPerMs: 1 });
  say('x'.repeat(92));
  say('y'.repeat(92));

  expect(pipe.bufferedBytes).toBe(200);
  await loop.run(100);
  expect(pipe.bufferedBytes).toBe(100);
  await loop.run(300);
  expect(pipe.bufferedBytes).toBe(0);
  expect(arrived.map((line) => line.slice(0, 5))).toEqual(['110 x', '210 y']);
  expect(drains()).toBe(1);
});

test('a stalled pipe goes on when the stall is over, and loses nothing', async () => {
  const { loop, pipe, arrived, say } = open();
  pipe.stallUntil(500);
  say('a');
  say('b');
  await loop.run(1_000);

  expect(arrived).toEqual(['510 a', '510 b']);
});

test('a receiver that pauses is sent no more than its window', async () => {
  const { loop, pipe, arrived, say } = open({ windowBytes: 100 });
  pipe.pause();
  for (const letter of ['a', 'b', 'c', 'd']) say(letter.repeat(42));
  await loop.run(100);

  expect(arrived).toEqual([]);
  expect(pipe.bufferedBytes).toBe(100);
  pipe.resume();
  await loop.run(200);
  expect(arrived.map((line) => line.at(-1))).toEqual(['a', 'b', 'c', 'd']);
});

test('a pipe breaks in the middle of a frame, and that frame never arrives', async () => {
  const { loop, pipe, arrived, say } = open();
  let broken = false;
  pipe.breakAfter(30, () => {
    broken = true;
  });
  say('x'.repeat(12));
  say('y'.repeat(12));
  say('z'.repeat(12));
  await loop.run(100);

  expect(arrived).toEqual([`10 ${'x'.repeat(12)}`]);
  expect(broken).toBe(true);
});

test('a pipe loses one parcel that fits, and no other', async () => {
  const { loop, pipe, arrived, say } = open();
  pipe.lose((parcel: Parcel) => parcel.kind === 'text' && parcel.text === 'b');
  for (const text of ['a', 'b', 'b', 'c']) say(text);
  await loop.run(100);

  expect(arrived).toEqual(['10 a', '10 b', '10 c']);
});
