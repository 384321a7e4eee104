import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeAsyncApi, describeCatalog, type Json, schemaFiles } from '../packages/contracts/src/artefacts.ts';
import { tyrum } from '../packages/contracts/src/tyrum.ts';

const directory = fileURLToPath(new URL('../packages/contracts/', import.meta.url));

/** Writes what the package of the contract carries for other languages. It is built, never committed. */
function writeSchemas(): void {
  rmSync(join(directory, 'json-schema'), { recursive: true, force: true });
  for (const revision of tyrum.served) {
    for (const draft of ['draft-2020-12', 'draft-07'] as const) {
      for (const { path, schema } of schemaFiles(tyrum, revision, { draft })) write(`json-schema/${path}`, schema);
    }
    write(`json-schema/${revision}/asyncapi.json`, describeAsyncApi(tyrum, revision));
  }
  write('json-schema/catalog.json', describeCatalog(tyrum));
}

function write(path: string, value: Json): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

writeSchemas();
