import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const fromSource = ['--conditions=@tyrum/source', '--import', 'tsx'];

describe('the quickstart', () => {
  it('tells its story from the sources and finds every claim true', { timeout: 60_000 }, async () => {
    const gateway = [process.execPath, ...fromSource, at('../../packages/gateway-server/src/cli.ts')].join(' ');

    const { stdout } = await promisify(execFile)(process.execPath, [...fromSource, at('quickstart.ts')], {
      env: { ...process.env, TYRUM_GATEWAY: gateway },
    });

    expect(stdout.match(/✓/g)).toHaveLength(6);
    expect(stdout).not.toContain('✗');
    expect(stdout).toContain('killed with SIGKILL');
  });
});
