import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternFits } from './override-pattern.ts';

describe('a pattern', () => {
  it.each([
    ['git push', 'git push'],
    ['git *', 'git push --force'],
    ['git *', 'git '],
    ['*', ''],
    ['*', 'anything\nat all'],
    ['/home/*/notes/*.md', '/home/me/notes/a/b.md'],
    ['a*b*a', 'aba'],
    ['**', 'x'],
    ['a.c', 'a.c'],
  ])('%s fits %j', (pattern, target) => {
    expect(patternFits(pattern, target)).toBe(true);
  });

  it.each([
    ['git push', 'git push --force'],
    ['git *', 'git'],
    ['git *', 'sudo git push'],
    ['*.md', 'notes.md.exe'],
    ['a*a', 'a'],
    ['ab*ba', 'aba'],
    ['a*b*a', 'aa'],
    ['a.c', 'abc'],
    ['Git *', 'git push'],
  ])('%s does not fit %j', (pattern, target) => {
    expect(patternFits(pattern, target)).toBe(false);
  });

  it('fits as a regular expression of it would', async () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    await fc.assert(
      fc.property(few, few, (pattern, text) => {
        const target = text.replaceAll('*', 'c');
        expect(patternFits(pattern, target)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(target));
      }),
      { numRuns: 1000 },
    );
  });
});
