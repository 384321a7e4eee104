import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ExportTarget, workspacePackages, workspaceRoot } from '../workspace/workspace-packages.ts';
import { bundleForBrowsers } from './bundle.ts';

/** What one entry point of a package takes, with all that it needs. */
export interface EntrySize {
  /** As it is imported. */
  readonly entry: string;
  /** Bytes, minified and gzipped. */
  readonly bytes: number;
  /** Whether it needs modules of Node.js, which are not counted. */
  readonly forNode: boolean;
}

/**
 * Every entry point that a package exports, bundled with all of its exports as a web application is.
 *
 * @throws {RangeError} when the workspace has no such package
 */
export async function entrySizes(packageName: string): Promise<readonly EntrySize[]> {
  const found = workspacePackages().find(({ manifest }) => manifest.name === packageName);
  if (found === undefined) throw new RangeError(`the workspace has no package ${packageName}`);
  const { directory, manifest } = found;
  const sizes = Object.entries(manifest.exports ?? {}).map(async ([subpath, target]) => {
    const source = sourceOf(target);
    if (source === undefined) return [];
    const path = relative(workspaceRoot, join(directory, source)).replaceAll('\\', '/');
    const { text, nodeModules } = await bundleForBrowsers(`export * from './${path}';`);
    const bytes = gzipSync(text, { level: 9 }).length;
    return [{ entry: `${packageName}${subpath.slice(1)}`, bytes, forNode: nodeModules.length > 0 }];
  });
  return (await Promise.all(sizes)).flat();
}

/** The source of an export; nothing for what is no module, such as the manifest. */
function sourceOf(target: ExportTarget): string | undefined {
  const source = typeof target === 'string' ? undefined : target['@tyrum/source'];
  return typeof source === 'string' ? source : undefined;
}
