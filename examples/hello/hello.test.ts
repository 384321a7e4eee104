import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe('the first program', () => {
  it('prints the conversation', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tyrum-hello-'));
    try {
      const tsx = pathToFileURL(at('../../node_modules/tsx/dist/loader.mjs')).href;
      const args = ['--conditions=@tyrum/source', '--import', tsx, at('hello.ts')];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
      expect(stdout).toBe('user: hello\nassistant: hello\n');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is the program that README shows', async () => {
    const [readme, program] = await Promise.all([
      readFile(at('../../README.md'), 'utf8'),
      readFile(at('hello.ts'), 'utf8'),
    ]);

    expect(readme).toContain(`\`\`\`ts\n${program}\`\`\``);
  });
});
