import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { optionsTable } from './options-table.ts';

const run = promisify(execFile);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const program = new URL('./readme/embed.ts', import.meta.url);

describe('the README', () => {
  it('lists every option as the command has it', () => {
    const table = /<!-- options -->\n\n([\s\S]*?)\n\n<!-- \/options -->/.exec(readme)?.[1];

    expect(table).toBe(optionsTable());
  });

  it('shows the program of test/readme as it is', () => {
    const fences = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) => text);

    expect(fences).toEqual([readFileSync(program, 'utf8')]);
  });

  it('shows a program that runs', { timeout: 60_000 }, async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'tyrum-readme-'));

    const words = ['--conditions=@tyrum/source', '--import', import.meta.resolve('tsx'), fileURLToPath(program)];
    const { stdout } = await run(process.execPath, words, { cwd }).finally(() => rmSync(cwd, { recursive: true }));

    expect(stdout).toBe('');
  });
});
