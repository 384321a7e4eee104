import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contractFileSets, describeCatalog, type Json } from '../../packages/contracts/src/artefacts.ts';
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
    // What is hashed is in `revisions` already.
    const sets = contractFileSets(tyrum, revision).filter(({ has }) => !has(`${revision}/contract.json`));
    for (const { path, content } of sets.flatMap((set) => set.write())) write(path, content);
  }
  write('catalog.json', describeCatalog(tyrum));
}
