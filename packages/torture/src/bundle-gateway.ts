import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Compiles the gateway's command into one file in a directory, and answers its path. From source it takes several times as long
 * to start, and it is started again all the time.
 */
export async function bundleGateway(directory: string): Promise<string> {
  const outfile = join(directory, 'command', 'cli.mjs');
  const native = createRequire(at('../../store-sqlite/package.json')).resolve('better-sqlite3');
  await build({
    entryPoints: [at('../../gateway-server/src/cli.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@tyrum/source'],
    // What is CommonJS inside asks for the modules of Node.js by `require`.
    banner: { js: "import * as module from 'node:module'; const require = module.createRequire(import.meta.url);" },
    // A native module stays where it is installed.
    plugins: [
      {
        name: 'native module',
        setup: ({ onResolve }) => onResolve({ filter: /^better-sqlite3$/ }, () => ({ path: native, external: true })),
      },
    ],
  });
  // It says its version, from beside the directory that it is in.
  await copyFile(at('../../gateway-server/package.json'), join(directory, 'package.json'));
  return outfile;
}
