import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestsDeeper } from './json-depth.ts';

describe('the depth of JSON text', () => {
  it.each([
    ['[[1]]', 2, false],
    ['[[1]]', 1, true],
    ['{"a":{"b":[]}}', 2, true],
    ['"[[[["', 0, false],
    ['["\\"[[[", []]', 2, false],
    ['["\\\\", [[]]]', 2, true],
    ['[],[],[]', 1, false],
    ['[{"a":[1]},{},[]]', 3, false],
    ['[{"a":[1]},{},[]]', 2, true],
  ])('of %s is judged against %i [FC-4]', (text, limit, expected) => {
    expect(nestsDeeper(text, limit)).toBe(expected);
  });

  it('is that of the parsed value', async () => {
    await fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.nat(8), (value, limit) => {
        expect(nestsDeeper(JSON.stringify(value), limit)).toBe(depth(value) > limit);
      }),
      { numRuns: 500 },
    );
  });

  it('is told of a million brackets without a stack', () => {
    expect(nestsDeeper('['.repeat(1_000_000), 64)).toBe(true);
  });

  it('is answered for text that is not JSON', async () => {
    await fc.assert(
      fc.property(fc.string(), fc.nat(64), (text, limit) => typeof nestsDeeper(text, limit) === 'boolean'),
    );
  });
});

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}
