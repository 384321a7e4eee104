import { type BuildOptions, build, type Plugin } from 'esbuild';
import { isBuiltin } from '../workspace/module-imports.ts';
import { workspaceRoot } from '../workspace/workspace-packages.ts';
import { stripProse } from './without-prose.ts';

export interface BrowserBundle {
  readonly text: string;
  /** The files of which something is in it, from the root of the workspace. */
  readonly inputs: readonly string[];
  /** Modules of Node.js that it would import. */
  readonly nodeModules: readonly string[];
}

/** How a web application is bundled with this workspace's sources, the contract built for browsers. */
export function browserBuild(plugins: readonly Plugin[] = []): BuildOptions {
  return {
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@tyrum/source'],
    plugins: [...plugins, stripProse()],
  };
}

/** Bundles a module, given as its text, with paths from the root of the workspace. */
export async function bundleForBrowsers(contents: string): Promise<BrowserBundle> {
  const nodeModules = new Set<string>();
  const { outputFiles, metafile } = await build({
    ...browserBuild([collectNodeModules(nodeModules)]),
    stdin: { contents, resolveDir: workspaceRoot },
    absWorkingDir: workspaceRoot,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return {
    text: outputFiles.map(({ text }) => text).join('\n'),
    inputs: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
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
