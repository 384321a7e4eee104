import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeAsyncApi, describeCatalog, type Json, schemaFiles } from '../../packages/contracts/src/artefacts.ts';
import { tyrum } from '../../packages/contracts/src/tyrum.ts';

/** Writes what the package of the contract carries for other languages, as `json-schema` in a directory. */
export function writeSchemas(directory: string): void {
  rmSync(join(directory, 'json-schema'), { recursive: true, force: true });
  const write = (path: string, value: Json) => {
    const file = join(directory, 'json-schema', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  };
  for (const revision of tyrum.served) {
    for (const draft of ['draft-2020-12', 'draft-07'] as const) {
      for (const { path, schema } of schemaFiles(tyrum, revision, { draft })) write(path, schema);
    }
    write(`${revision}/asyncapi.json`, describeAsyncApi(tyrum, revision));
  }
  write('catalog.json', describeCatalog(tyrum));
}
