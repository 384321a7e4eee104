import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
/** A native module: it stays where it is installed. */
const NATIVE = 'better-sqlite3';

/**
 * Compiles the command into one file, in a directory of its own that is laid out like the package. Running it from source takes
 * several times as long, and each test runs it anew.
 */
export async function buildCommand(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-gateway-'));
  const path = join(directory, 'dist', 'cli.mjs');
  const native = createRequire(join(PACKAGE, '../store-sqlite/package.json')).resolve(NATIVE);
  await copyFile(join(PACKAGE, 'package.json'), join(directory, 'package.json'));
  await build({
    entryPoints: [join(PACKAGE, 'src/cli.ts')],
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
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}
