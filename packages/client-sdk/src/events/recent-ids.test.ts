import { describe, expect, test } from 'vitest';
import { createRecentIds } from './recent-ids.ts';

describe('recent ids', () => {
  test('are known as long as they can come again, and not for ever', () => {
    const ids = createRecentIds();
    const all = Array.from({ length: 100 }, (_, at) => `e-${at}`);
    const isNew = all.map((id) => ids.add(id, 10));

    expect(isNew).toEqual(all.map(() => true));
    for (const id of all.slice(-10)) expect(ids.add(id, 10), id).toBe(false);
    expect(ids.add('e-70', 10)).toBe(true);
  });

  test('are new again once they are forgotten', () => {
    const ids = createRecentIds();
    for (const id of ['a', 'b', 'c']) ids.add(id, 2);
    ids.forget('a');
    ids.forget('c');

    expect(['a', 'b', 'c'].map((id) => ids.add(id, 3))).toEqual([true, false, true]);
  });
});
