import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { isBuiltin } from './workspace/module-imports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('a bundle for browsers', () => {
  test.each(['@tyrum/client-sdk', '@tyrum/contracts'])('of %s names no module of Node.js', async (name) => {
    const { text, nodeModules } = await bundleForBrowsers(
      `export * from './packages/${name.split('/')[1]}/src/index.ts';`,
    );

    expect(nodeModules).toEqual([]);
    expect(text).not.toMatch(/["'`]node:/);
    expect(text.length).toBeGreaterThan(1000);
  });

  test('takes the WebSocket of the browser, not that of Node.js', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/client-sdk/src/index.ts';`);

    expect(inputs.filter((path) => path.includes('/node_modules/isomorphic-ws/'))).toEqual([
      expect.stringMatching(/isomorphic-ws\/browser\.js$/),
    ]);
    expect(inputs.filter((path) => path.includes('/node_modules/ws/'))).toEqual([]);
  });

  test('of the client has nothing that judges a contract or describes it', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/client-sdk/src/index.ts';`);

    expect(inputs).toContain('packages/contracts/src/tyrum.ts');
    expect(
      inputs.filter((path) => /-check\.ts|\/artefacts|frame-schemas|\/zod\/v4\/(classic|locales)\//.test(path)),
    ).toEqual([]);
  });

  test('is reported when it names one, also in a dynamic import and without the prefix', async () => {
    const { nodeModules } = await bundleForBrowsers(`
      import { createHash } from 'node:crypto';
      export const hash = createHash;
      export const files = () => import('fs').catch(() => undefined);
    `);

    expect(nodeModules).toEqual(['fs', 'node:crypto']);
  });
});

interface Bundle {
  readonly text: string;
  /** The files that went in, from the root of the workspace. */
  readonly inputs: readonly string[];
  readonly nodeModules: readonly string[];
}

async function bundleForBrowsers(contents: string): Promise<Bundle> {
  const nodeModules = new Set<string>();
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@tyrum/source'],
    logLevel: 'silent',
    plugins: [collectNodeModules(nodeModules)],
  });
  return {
    text: outputFiles.map(({ text }) => text).join('\n'),
    inputs: Object.values(metafile.outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
    nodeModules: [...nodeModules].sort(),
  };
}

/** Leaves modules of Node.js outside and notes them, where esbuild alone would only warn about some. */
function collectNodeModules(found: Set<string>): Plugin {
  return {
    name: 'collect-node-modules',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path }) => {
        if (!isBuiltin(path)) {
          return undefined;
        }
        found.add(path);
        return { path, external: true };
      });
    },
  };
}
