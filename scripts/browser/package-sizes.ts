import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { workspacePackages, workspaceRoot } from '../workspace/workspace-packages.ts';
import { bundleForBrowsers } from './bundle.ts';

const FOR_BROWSERS: ReadonlySet<string> = new Set(['@tyrum/contracts', '@tyrum/client-sdk']);

/** What each published package takes with all that its entry needs, minified and gzipped, in bytes. */
export async function packageSizes(): Promise<ReadonlyMap<string, number>> {
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  const sizes = published.map(async ({ manifest: { name } }) => {
    const entry = `export * from './packages/${name.split('/')[1]}/src/index.ts';`;
    const text = FOR_BROWSERS.has(name) ? (await bundleForBrowsers(entry)).text : await bundleForNode(entry);
    return [name, gzipSync(text, { level: 9 }).length] as const;
  });
  return new Map(await Promise.all(sizes));
}

/** The column of the packages table in the README: whole kilobytes, one more where something is left over. */
export function sizeColumn(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}

/** The README with the sizes of today in its packages table. */
export function withSizes(readme: string, sizes: ReadonlyMap<string, number>): string {
  return readme.replace(/^(\| \[`(@tyrum\/[\w-]+)`\].*\| )\d+ kB( \|.*)$/gm, (line, before, name, after) => {
    const bytes = sizes.get(name);
    return bytes === undefined ? line : `${before}${sizeColumn(bytes)}${after}`;
  });
}

async function bundleForNode(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: workspaceRoot },
    absWorkingDir: workspaceRoot,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    conditions: ['@tyrum/source'],
    // A native module is no text, and where the runtime brings SQLite it is not loaded.
    external: ['better-sqlite3'],
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}
