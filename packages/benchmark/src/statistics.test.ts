import { describe, expect, it } from 'vitest';
import { lineThrough, spreadOf } from './statistics.ts';

describe('a spread', () => {
  it('has the value in the middle, the least and the most', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9 });
  });

  it('has the mean of the two in the middle of an even number', () => {
    expect(spreadOf([10, 1, 4, 2])).toEqual({ median: 3, min: 1, max: 10 });
  });

  it('is not there for nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('a line', () => {
  it('is the one that the points lie on', () => {
    expect(lineThrough([0, 1, 2, 3].map((x) => ({ x, y: 5 - 2 * x })))).toEqual({ slope: -2, error: 0 });
  });

  it('is the one that is nearest to all of them, with what it may be off by', () => {
    const { slope, error } = lineThrough([0, 1, 0, 1].map((y, x) => ({ x, y })));

    expect([slope, error]).toEqual([expect.closeTo(0.2), expect.closeTo(Math.sqrt(0.08))]);
  });

  it('has no error through two points', () => {
    expect(() =>
      lineThrough([
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ]),
    ).toThrow(RangeError);
  });
});
