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

  it('reads a page from the middle of many without visiting the rest', () => {
    let map: SortedMap<number, number>;
    let compared = 0;
    for (let at = 0; at < 20_000; at += 1) map = insert(map, at, at);
    const countingBound = {
      valueOf() {
        compared += 1;
        return 10_000;
      },
    };

    // The operators compare such an object as the number it stands for, which its type cannot say.
    const page = between(map, countingBound as number & typeof countingBound, undefined);
    const first = [page.next().value, page.next().value, page.next().value];

    expect(first).toEqual([10_001, 10_002, 10_003].map((at) => [at, at]));
    expect(compared).toBeLessThan(60);
  });
});

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
