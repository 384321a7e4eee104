import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const directory = new URL('./readme/', import.meta.url);
const programs = readdirSync(directory);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const fences = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text);

describe('the README', () => {
  it('shows the programs of test/readme as they are, and no other', () => {
    const texts = programs.map((name) => readFileSync(new URL(name, directory), 'utf8'));

    expect([...fences].sort()).toEqual([...texts].sort());
  });

  it('shows programs that run', { timeout: 60_000 }, async () => {
    const all = programs.map((name) => `await import(${JSON.stringify(new URL(name, directory).href)});`).join('\n');

    const { stdout } = await run(
      process.execPath,
      [
        '--conditions=@tyrum/source',
        '--import',
        'tsx',
        '--input-type=module',
        '--eval',
        `${all}\nconsole.log('ran', ${programs.length});`,
      ],
      { cwd: fileURLToPath(new URL('..', import.meta.url)) },
    );

    expect(stdout).toBe(`ran ${programs.length}\n`);
    expect(programs.length).toBeGreaterThan(3);
  });
});
