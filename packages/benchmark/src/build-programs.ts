import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Programs } from './bench.ts';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const HERE = fileURLToPath(new URL('../../..', import.meta.url));
const PACKAGE = 'packages/benchmark';

/** The programs that are measured with, and the one that a test asks whether they work. */
export interface BuiltPrograms extends Programs {
  readonly check: string;
}

const PROGRAMS = ['server', 'load', 'client', 'check'] as const;

/** What is built of a checkout: without declarations, none needs another. */
const BUILT = ['contracts', 'gateway-core', 'store-sqlite', 'gateway-server', 'client-sdk'];

/**
 * Builds the libraries of a checkout as they are published, and the programs of this benchmark on top of them.
 *
 * @throws {Error} with the output of the build that failed
 */
export async function buildForMeasuring(checkout: string = HERE): Promise<BuiltPrograms> {
  const tsup = [join(checkout, 'node_modules/tsup/dist/cli-default.js'), '--no-dts', '--silent'];
  await Promise.all(
    BUILT.map((name) => promisify(execFile)(process.execPath, tsup, { cwd: join(checkout, 'packages', name) })),
  );
  return bundle(join(checkout, PACKAGE, 'dist'), []);
}

/** The programs with the libraries' sources compiled in: quick to make, for a test. @param name of the directory, under `dist` */
export function buildFromSource(name: string): Promise<BuiltPrograms> {
  return bundle(join(HERE, PACKAGE, 'dist', name), ['@tyrum/source']);
}

/** @param conditions with any, the packages of this workspace are compiled in; without, they are imported as built */
async function bundle(outdir: string, conditions: readonly string[]): Promise<BuiltPrograms> {
  const manifest = JSON.parse(readFileSync(join(SOURCES, '../package.json'), 'utf8'));
  const dependencies = Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies });
  await build({
    entryPoints: PROGRAMS.map((name) => join(SOURCES, 'programs', `${name}.ts`)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: [...conditions],
    external: dependencies.filter((name) => conditions.length === 0 || !name.startsWith('@tyrum/')),
    // What is CommonJS inside asks for its modules by `require`.
    banner: { js: "import * as module from 'node:module'; const require = module.createRequire(import.meta.url);" },
  });
  const program = (name: string) => join(outdir, `${name}.mjs`);
  return { server: program('server'), load: program('load'), client: program('client'), check: program('check') };
}
