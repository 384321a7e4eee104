import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { between, find, insert, remove, type SortedMap } from './sorted-map.ts';

const key = fc.integer({ min: 0, max: 40 });
const change = fc.record({ key, remove: fc.boolean() });

describe('a sorted map', () => {
  it('holds what a plain map holds after the same changes, in order, between any bounds', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), key, key, (changes, above, below) => {
        const [map, model] = apply(changes);
        const entries = [...model].sort(([left], [right]) => left - right);
        const inside = entries.filter(([at]) => at > above && at < below);

        expect([...between(map, undefined, undefined)]).toEqual(entries);
        expect([...between(map, above, below)]).toEqual(inside);
        expect([...between(map, above, below, 'descending')]).toEqual(inside.reverse());
        for (let at = 0; at <= 40; at += 1) expect(find(map, at)).toBe(model.get(at));
      }),
    );
  });

  it('keeps an old map as it was', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.array(change, { maxLength: 60 }), (before, after) => {
        const [old] = apply(before);
        const entries = [...between(old, undefined, undefined)];

        apply(after, old);

        expect([...between(old, undefined, undefined)]).toEqual(entries);
      }),
    );
  });

  it('is balanced after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
        const [map] = apply(changes);

        expect(measured(map)).toBe(map?.height ?? 0);
      }),
    );
  });

  it.each([
    ['rising', (at: number) => at],
    ['falling', (at: number) => 19_999 - at],
    ['meeting', (at: number) => (at % 2 === 0 ? at / 2 : 19_999 - (at - 1) / 2)],
    ['scattered', (at: number) => (at * 7_919) % 20_000],
  ])('reads a page from the middle of many without visiting the rest, after %s keys', (_order, keyAt) => {
    let map: SortedMap<number, number>;
    for (let at = 0; at < 20_000; at += 1) map = insert(map, keyAt(at), at);
    for (let at = 0; at < 20_000; at += 5) map = remove(map, at);
    let compared = 0;
    const countingBound = {
      valueOf() {
        compared += 1;
        return 10_000;
      },
    };

    // The operators compare such an object as the number it stands for, which its type cannot say.
    const page = between(map, countingBound as number & typeof countingBound, undefined);
    const first = [page.next().value?.[0], page.next().value?.[0], page.next().value?.[0]];

    expect(first).toEqual([10_001, 10_002, 10_003]);
    expect(compared).toBeLessThan(60);
  });
});

/** The height of a tree, whose sides nowhere differ by more than one. */
function measured(map: SortedMap<number, number>): number {
  if (map === undefined) return 0;
  const left = measured(map.left);
  const right = measured(map.right);
  expect(Math.abs(left - right)).toBeLessThan(2);
  return 1 + Math.max(left, right);
}

function apply(
  changes: readonly { key: number; remove: boolean }[],
  from?: SortedMap<number, number>,
): [SortedMap<number, number>, Map<number, number>] {
  let map = from;
  const model = new Map(between(from, undefined, undefined));
  for (const [at, change] of changes.entries()) {
    map = change.remove ? remove(map, change.key) : insert(map, change.key, at);
    if (change.remove) model.delete(change.key);
    else model.set(change.key, at);
  }
  return [map, model];
}
