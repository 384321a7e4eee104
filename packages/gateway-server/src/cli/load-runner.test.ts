import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRunner } from './load-runner.ts';

const directory = mkdtempSync(join(tmpdir(), 'tyrum-runner-'));
afterAll(() => rmSync(directory, { recursive: true }));

function moduleWith(name: string, text: string): string {
  const path = join(directory, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

describe('a runner module', () => {
  it('may export its runner by default or by name', async () => {
    const byDefault = await loadRunner(moduleWith('default', 'export default { async run() {} };'));
    const byName = await loadRunner(moduleWith('named', 'export const runner = { async run() {} };'));

    expect([typeof byDefault.run, typeof byName.run]).toEqual(['function', 'function']);
  });

  it('is refused without a runner in it', async () => {
    const path = moduleWith('other', 'export const runner = {}; export default () => {};');

    await expect(loadRunner(path)).rejects.toThrow(
      `the runner ${path} has no default export, and none named runner, with a method run(turn, context)`,
    );
  });

  it('is refused in one line when it is not there, or fails while it loads', async () => {
    const path = moduleWith('broken', 'throw new Error("first line\\nsecond line");');

    await expect(loadRunner(path)).rejects.toThrow(new RegExp(`^the runner ${path} cannot be loaded: first line$`));
    await expect(loadRunner('no-such-package')).rejects.toThrow(
      /^the runner no-such-package cannot be loaded: .*no-such-package/,
    );
  });
});
