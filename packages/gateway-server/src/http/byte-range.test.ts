import { describe, expect, it } from 'vitest';
import { readRange } from './byte-range.ts';

describe('a range of ten bytes', () => {
  it.each([
    ['bytes=0-4', { start: 0, end: 4 }],
    ['bytes=3-', { start: 3, end: 9 }],
    ['bytes=-4', { start: 6, end: 9 }],
    ['bytes=-40', { start: 0, end: 9 }],
    ['bytes=9-40', { start: 9, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
  ])('asked for as %s is %j', (header, range) => {
    expect(readRange(header, 10)).toEqual(range);
  });

  it.each([[undefined], ['bytes=-'], ['bytes=4-2'], ['bytes=0-1,3-4'], ['lines=1-2'], ['bytes=a-b'], ['']])(
    'asked for as %s is the whole',
    (header) => {
      expect(readRange(header, 10)).toBeUndefined();
    },
  );

  it('does not exist where there are no bytes', () => {
    expect(readRange('bytes=0-', 0)).toBe('unsatisfiable');
  });
});
