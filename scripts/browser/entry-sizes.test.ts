import { describe, expect, it } from 'vitest';
import { readManifest, workspaceRoot } from '../workspace/workspace-packages.ts';
import { entrySizes } from './entry-sizes.ts';

describe('the sizes of the entry points of a package', () => {
  it('are those of all modules that it exports, told apart by what they need', async () => {
    const { exports = {} } = readManifest(`${workspaceRoot}/packages/client-sdk/package.json`);
    const modules = Object.keys(exports).filter((subpath) => subpath !== './package.json');

    const sizes = await entrySizes('@tyrum/client-sdk');

    expect(sizes.map(({ entry }) => entry)).toEqual(modules.map((subpath) => `@tyrum/client-sdk${subpath.slice(1)}`));
    expect(sizes.find(({ entry }) => entry === '@tyrum/client-sdk')).toMatchObject({ forNode: false });
    expect(sizes.find(({ entry }) => entry === '@tyrum/client-sdk/node')).toMatchObject({ forNode: true });
    for (const { entry, bytes } of sizes) expect(bytes, entry).toBeGreaterThan(500);
  });

  it('are not told of a package that is not there', async () => {
    await expect(entrySizes('@tyrum/none')).rejects.toThrow('the workspace has no package @tyrum/none');
  });
});
