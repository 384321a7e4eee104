import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url));
/** A native module: it stays where it is installed. */
const NATIVE = 'better-sqlite3';

/**
 * Compiles the gateway's command into one file, in a directory that it lays out like the package, and answers the file's path.
 * From source the command takes several times as long to start, and tests and tortures start it again and again.
 */
export async function bundleGatewayCommand(directory: string): Promise<string> {
  const path = join(directory, 'dist', 'cli.mjs');
  const native = createRequire(join(PACKAGES, 'store-sqlite/package.json')).resolve(NATIVE);
  await build({
    entryPoints: [join(PACKAGES, 'gateway-server/src/cli.ts')],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tyrum/source'],
    // What is CommonJS inside asks for the modules of Node.js by `require`.
    banner: { js: "import * as module from 'node:module'; const require = module.createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'native module',
        setup: ({ onResolve }) => onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: native, external: true })),
      },
    ],
  });
  // The command says its version, from beside the directory that it is in.
  await copyFile(join(PACKAGES, 'gateway-server/package.json'), join(directory, 'package.json'));
  return path;
}
