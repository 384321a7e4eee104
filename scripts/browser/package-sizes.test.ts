import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workspaceRoot } from '../workspace/workspace-packages.ts';
import { packageSizes, sizeColumn, withSizes } from './package-sizes.ts';

describe('the sizes in the README', () => {
  it('are those of today, give or take a tenth; `pnpm sizes` writes them anew', async () => {
    const readme = readFileSync(join(workspaceRoot, 'README.md'), 'utf8');
    const told = new Map(
      [...readme.matchAll(/^\| \[`(@tyrum\/[\w-]+)`\].*\| (\d+) kB \|/gm)].map(([, name, kilobytes]) => [
        String(name),
        Number(kilobytes),
      ]),
    );

    const sizes = await packageSizes();

    expect([...told.keys()].sort()).toEqual([...sizes.keys()].sort());
    for (const [name, bytes] of sizes) {
      const kilobytes = bytes / 1000;
      const isTold = Math.abs((told.get(name) ?? 0) - kilobytes) < Math.max(2, kilobytes / 10);
      expect(isTold, `${name} takes ${sizeColumn(bytes)}`).toBe(true);
    }
  });

  it('are written into their rows, and nowhere else', () => {
    const table = '| [`@tyrum/a`](x) | a b | 1 kB | Node.js |\n| [`@tyrum/b`](x) | 3 kB of b | 2 kB | Node.js |\n1 kB';

    expect(withSizes(table, new Map([['@tyrum/b', 39_001]]))).toBe(table.replace('2 kB', '40 kB'));
  });
});
