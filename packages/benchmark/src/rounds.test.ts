import { describe, expect, it } from 'vitest';
import { oneRound } from './rounds.ts';

describe('what was measured', () => {
  const ratiosOf = (lines: Parameters<typeof oneRound>[0]) => oneRound(lines).map(({ ratios }) => ratios.ms?.median);

  it('is compared with the first line', () => {
    expect(
      ratiosOf([
        [{ name: 'a' }, { ms: 2 }],
        [{ name: 'b' }, { ms: 3 }],
      ]),
    ).toEqual([1, 1.5]);
  });

  it('is compared with the line that it names, where it names one', () => {
    const lines = [
      [{ name: 'a there', base: 'a there' }, { ms: 2 }],
      [{ name: 'a here', base: 'a there' }, { ms: 3 }],
      [{ name: 'b there', base: 'b there' }, { ms: 8 }],
      [{ name: 'b here', base: 'b there' }, { ms: 4 }],
    ] as const;

    expect(ratiosOf(lines)).toEqual([1, 1.5, 1, 0.5]);
  });

  it('has no ratio to a base that came to nothing', () => {
    expect(
      ratiosOf([
        [{ name: 'a' }, { ms: 0 }],
        [{ name: 'b' }, { ms: 3 }],
      ]),
    ).toEqual([undefined, undefined]);
  });
});
