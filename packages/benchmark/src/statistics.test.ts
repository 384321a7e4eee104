import { describe, expect, it } from 'vitest';
import { slopeOf, spreadOf } from './statistics.ts';

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

describe('a slope', () => {
  it('is that of the line that the points lie on', () => {
    expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 5 - 2 * x })))).toBe(-2);
  });

  it('is that of the line that is nearest to all of them', () => {
    expect(slopeOf([0, 1, 0, 1].map((y, x) => ({ x, y })))).toBeCloseTo(0.2);
  });
});
