import { describe, expect, test } from 'vitest';
import { type ExportTarget, workspacePackages } from './workspace/workspace-packages.ts';

const published = workspacePackages().filter(({ manifest }) => manifest.private !== true);

describe.each(published.map(({ manifest }) => [manifest.name, manifest] as const))(
  'the manifest of %s',
  (_, manifest) => {
    test('publishes the exports that it has here, without their sources', () => {
      expect(manifest.publishConfig?.exports).toEqual(withoutSources(manifest.exports ?? {}));
    });

    test('names for each export of code its source, and its build as a module and as CommonJS', () => {
      for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
        const name = subpath === '.' ? 'index' : subpath.slice(2);
        expect(target).toEqual(
          subpath.endsWith('.json')
            ? subpath
            : {
                '@tyrum/source': `./src/${name}.ts`,
                import: {
                  types: `./dist/${name}.d.ts`,
                  ...(manifest.name === '@tyrum/contracts' ? { browser: `./dist/browser/${name}.js` } : {}),
                  default: `./dist/${name}.js`,
                },
                require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
              },
        );
      }
    });

    test('says what every package says', () => {
      expect(manifest).toMatchObject({
        version: published[0]?.manifest.version,
        license: 'MIT',
        type: 'module',
        sideEffects: false,
        engines: { node: '>=20.19' },
        publishConfig: { access: 'public' },
        peerDependencies: { zod: '^4.5.0' },
      });
      expect(manifest.exports).toHaveProperty(['./package.json']);
    });
  },
);

function withoutSources(exports: Readonly<Record<string, ExportTarget>>): Record<string, ExportTarget> {
  return Object.fromEntries(
    Object.entries(exports).map(([subpath, target]) => {
      if (typeof target === 'string') {
        return [subpath, target];
      }
      const { '@tyrum/source': _, ...published } = target;
      return [subpath, published];
    }),
  );
}
