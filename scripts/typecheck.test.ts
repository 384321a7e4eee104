import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the types of the whole workspace', () => {
  it('hold, with every expectation of the type tests', { timeout: 240_000 }, async () => {
    const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

    const checked = promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root });

    // What the compiler says of the first thing that is wrong is the message of this failure.
    await expect(checked.catch(({ stdout }) => Promise.reject(new Error(stdout)))).resolves.toMatchObject({
      stdout: '',
    });
  });
});
