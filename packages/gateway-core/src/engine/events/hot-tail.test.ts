import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import type { StoredEvent } from '../../ports/store.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createCursorCodec } from './cursor.ts';
import { encodeLogged } from './encoded-event.ts';
import { createHotTail } from './hot-tail.ts';

const numbers = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

describe('the hot tail', () => {
  const event = (position: number, characters = 2, type = 'note.written'): StoredEvent => ({
    position,
    eventId: `e${position}`,
    type,
    occurredAt: 1,
    payload: 'x'.repeat(characters),
  });
  const codec = createCursorCodec(nodeCrypto(), Buffer.from('secret'));
  const log = { codec, tenant: 'acme', epoch: 'e' };
  const encode = (stored: readonly StoredEvent[]) => encodeLogged(probe, log, stored);

  it('has the event after a position, or nothing where it is older or not there yet', () => {
    const tail = createHotTail('e', 5, encode);
    tail.append([event(6), event(7)]);

    expect([4, 5, 6, 7, 8, -1, 0].map((position) => tail.next(position)?.event.position)).toEqual([
      undefined,
      6,
      7,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(tail.head).toBe(7);
  });

  it('takes nothing twice, and forgets what is before a hole: the store has it', () => {
    const tail = createHotTail('e', 0, encode);
    tail.append([event(1), event(2)]);
    tail.append([event(2), event(3)]);
    expect(tail.next(2)?.event.position).toBe(3);

    tail.append([event(6)]);

    expect([2, 3, 4, 5].map((position) => tail.next(position)?.event.position)).toEqual([
      undefined,
      undefined,
      undefined,
      6,
    ]);
    expect(tail.head).toBe(6);
  });

  it('knows the last of those that follow each other and are of one type', () => {
    const tail = createHotTail('e', 0, encode);
    const types = ['a', 'a', 'b', 'a', 'a', 'a'];
    tail.append(types.slice(0, 5).map((type, at) => event(at + 1, 2, type)));
    tail.append([event(6, 2, types[5])]);

    expect(numbers(0, 6).map((position) => tail.lastAlike(position)?.position)).toEqual([2, 2, 3, 6, 6, 6, undefined]);
    // What is before a hole is forgotten, and so is where it ended.
    tail.append([event(8, 2, 'a')]);
    expect([5, 6, 7].map((position) => tail.lastAlike(position)?.position)).toEqual([undefined, undefined, 8]);
  });

  it('tells the place of each of many that came together, whichever is asked for first', () => {
    const tail = createHotTail('e', 0, encode);
    tail.append(numbers(1, 600).map((position) => event(position)));
    tail.append([event(601)]);

    for (const position of [600, 256, 257, 601, 1]) {
      const half = codec.placeHalf({ ...log, position, eventId: `e${position}` });
      expect(tail.next(position - 1)?.placeHalf()).toBe(half);
    }
  });

  it('keeps the newest thousand at least and two thousand at the most', () => {
    const tail = createHotTail('e', 0, encode);
    for (let position = 1; position <= 10_000; position += 1) tail.append([event(position)]);

    const kept = numbers(0, 9_999).filter((position) => tail.next(position) !== undefined);
    expect(kept.at(-1)).toBe(9_999);
    expect(kept.length).toBeGreaterThanOrEqual(1_024);
    expect(kept.length).toBeLessThanOrEqual(2_048);
  });

  it('keeps no more text than 8 Mi characters, and the newest event whatever its size', () => {
    const tail = createHotTail('e', 0, encode);
    for (let position = 1; position <= 40; position += 1) tail.append([event(position, 1_000_000)]);
    const kept = numbers(0, 39).filter((position) => tail.next(position) !== undefined);
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(kept.length).toBeLessThanOrEqual(8);

    tail.append([event(41, 20_000_000)]);

    expect(numbers(0, 40).filter((position) => tail.next(position) !== undefined)).toEqual([40]);
  });
});
