import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { writeSchemas } from '../schemas/write-schemas.ts';

const source = fileURLToPath(new URL('../../packages/contracts/', import.meta.url));

let schemas: string | undefined;

/** The files of the npm package `@tyrum/contracts` that other languages read, without a build; gone with the running test. */
export function contractPackage(): string {
  const directory = temporaryDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of ['revisions', 'vectors']) cpSync(join(source, name), join(directory, name), { recursive: true });
  cpSync(join(writtenSchemas(), 'json-schema'), join(directory, 'json-schema'), { recursive: true });
  return directory;
}

/** Written once in a run: it takes a second. */
function writtenSchemas(): string {
  if (schemas === undefined) {
    const directory = temporaryDirectory();
    schemas = directory;
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    writeSchemas(directory);
  }
  return schemas;
}

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'tyrum-contracts-'));
}
