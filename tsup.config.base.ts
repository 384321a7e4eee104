import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly '@tyrum/source': string }>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/**
 * The build of one publishable package: what its `exports` declare, as ESM and CommonJS with declarations for both, and
 * each of its commands as ESM. The entries are read from the manifest, so an export exists in both places or in neither.
 *
 * @param bundled dependencies that are compiled in; every other one stays outside
 */
export function packageBuild(
  directory: string,
  { bundled = [] }: { readonly bundled?: readonly string[] } = {},
): Options[] {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  const shared: Options = {
    outDir: 'dist',
    target: 'es2022',
    // Nothing is compiled in unasked: a dependency that the manifest forgot stays an import, and the package check sees it.
    skipNodeModulesBundle: true,
    noExternal: [...bundled],
    // `node:sqlite` exists only under its full name.
    removeNodeProtocol: false,
    silent: true,
  };

  const library: Options = {
    ...shared,
    entry: libraryEntries(manifest),
    format: ['esm', 'cjs'],
    // Entries of one package share their modules in CommonJS too, or each would have its own error classes.
    splitting: true,
    treeshake: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  };
  const commands: Options = { ...shared, entry: commandEntries(manifest), format: ['esm'], splitting: false };

  return manifest.bin === undefined ? [library] : [library, commands];
}

function libraryEntries(manifest: Manifest): Record<string, string> {
  const sources = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@tyrum/source']],
  );
  return Object.fromEntries(sources.map((source) => [entryName(source, 'src', '.ts'), source]));
}

function commandEntries(manifest: Manifest): Record<string, string> {
  const names = Object.values(manifest.bin ?? {}).map((output) => entryName(output, 'dist', '.js'));
  return Object.fromEntries(names.map((name) => [name, `./src/${name}.ts`]));
}

function entryName(path: string, folder: string, extension: string): string {
  const prefix = `./${folder}/`;
  if (!path.startsWith(prefix) || !path.endsWith(extension)) {
    throw new Error(`${path} is expected to be ${prefix}<name>${extension}`);
  }
  return path.slice(prefix.length, -extension.length);
}
