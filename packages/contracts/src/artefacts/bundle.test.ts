import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const source = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

describe('what a browser loads of this package', () => {
  it('has nothing of the artefacts and of the schemas of frames in it', async () => {
    const { metafile } = await build({
      entryPoints: [source('index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      external: ['zod'],
      platform: 'neutral',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });

    const files = Object.keys(metafile.inputs).map((path) => path.replace(/^.*packages\/contracts\/src\//, ''));
    expect(files).toContain('define/contract.ts');
    expect(files.filter((path) => path.startsWith('artefacts') || path === 'frames/frame-schemas.ts')).toEqual([]);
  });
});
