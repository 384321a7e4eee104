import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLIENT_ERRORS } from './client-error.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README of the client', () => {
  test.each([
    { program: 'client', file: '../test/readme-program.ts' },
    { program: 'node', file: '../test/readme-node.ts' },
  ])('shows the program $program as it compiles', ({ program, file }) => {
    const [, shown] = new RegExp(`\`\`\`ts program=${program}\\n([^]*?)\`\`\``).exec(readme) ?? [];

    expect(shown).toBe(readFileSync(new URL(file, import.meta.url), 'utf8'));
  });

  test('shows a first program of 25 lines at the most', () => {
    const program = readFileSync(new URL('../test/readme-program.ts', import.meta.url), 'utf8');

    expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(25);
  });

  test('names every error', () => {
    for (const code of Object.keys(CLIENT_ERRORS)) expect(readme).toContain(`\`${code}\``);
  });
});
