import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { importsOf } from '../workspace/module-imports.ts';
import { type Manifest, workspacePackages } from '../workspace/workspace-packages.ts';
import type { SourceFile, SourcePackage } from './violations.ts';

const ignoredFolders = new Set(['node_modules', 'dist']);

/** Reads every TypeScript file of every package of this workspace, tool configuration left out. */
export function readSources(): readonly SourcePackage[] {
  return workspacePackages().map(({ directory, manifest }) => ({
    name: manifest.name,
    isPrivate: manifest.private === true,
    exports: Object.keys(manifest.exports ?? {}),
    entries: entriesOf(manifest),
    files: sourcePaths(directory).map((path) => readSource(directory, path)),
  }));
}

function entriesOf({ exports = {}, bin = {} }: Manifest): readonly string[] {
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@tyrum/source']],
  );
  const commands = Object.values(bin).map((path) => path.replace('dist/', 'src/').replace(/\.js$/, '.ts'));
  return [...exported, ...commands].filter((path) => typeof path === 'string').map((path) => posix.normalize(path));
}

function readSource(directory: string, path: string): SourceFile {
  return {
    path: relative(directory, path).split(sep).join('/'),
    imports: importsOf(readFileSync(path, 'utf8')),
  };
}

function sourcePaths(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      return ignoredFolders.has(entry.name) ? [] : sourcePaths(path);
    }
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.config.ts') ? [path] : [];
  });
}
