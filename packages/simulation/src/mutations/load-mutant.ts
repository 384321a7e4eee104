import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Bug, Edit } from './mutation.ts';

/** What a copy of this simulation is asked to do. */
export type Simulation = Pick<typeof import('../world.ts'), 'runWorld'>;

const packages = fileURLToPath(new URL('../../../', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/mutants/', import.meta.url));

/**
 * A copy of this simulation and of the product in it, with the edits of a bug made in the source of the copy.
 *
 * @throws {Error} when an edit does not fit the source any more
 */
export async function loadMutant({ name, edits = [] }: Bug): Promise<Simulation> {
  if (edits.length === 0) return import('../world.ts');
  const made = new Set<Edit>();
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../world.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@tyrum/source'],
    external: ['zod'],
    // The platform's sockets, of which a world has none.
    alias: { 'isomorphic-ws': fileURLToPath(new URL('./no-sockets.ts', import.meta.url)) },
    plugins: [editing(edits, made)],
    logLevel: 'silent',
  });
  const missed = edits.find((edit) => !made.has(edit));
  if (missed !== undefined) throw new Error(`mutation ${name}: nothing imports ${missed.file}`);
  await mkdir(cache, { recursive: true });
  const file = `${cache}${name.replaceAll(/\W+/g, '-')}-${process.pid}.mjs`;
  await writeFile(file, outputFiles[0]?.text ?? '');
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(file);
  }
}

function editing(edits: readonly Edit[], made: Set<Edit>): Plugin {
  return {
    name: 'edit the source',
    setup({ onLoad }) {
      for (const file of new Set(edits.map((edit) => edit.file))) {
        onLoad({ filter: new RegExp(`/${file.replaceAll('.', '\\.')}$`) }, async ({ path }) => {
          if (path !== `${packages}${file}`) return undefined;
          let contents = await readFile(path, 'utf8');
          for (const edit of edits) {
            if (edit.file !== file) continue;
            contents = apply(edit, contents);
            made.add(edit);
          }
          return { contents, loader: 'ts' };
        });
      }
    },
  };
}

/** A formatter may break a line elsewhere: white space is not looked at. */
export function apply({ file, find, replace }: Edit, source: string): string {
  const words = find.split(/\s+/).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(words.join('\\s*'), 'g');
  const found = [...source.matchAll(pattern)];
  if (found.length !== 1) throw new Error(`${file}: ${JSON.stringify(find)} is there ${found.length} times, not once`);
  return source.replace(pattern, () => replace);
}
