import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const contracts = new URL('../../packages/contracts/src/', import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where the subject of a judgement is defined, as `file:line`; `undefined` where it no longer is. */
export function locate(subject: string): string | undefined {
  const [kind, ...words] = subject.split(' ');
  const name = words.join(' ');
  if (kind === 'request') return findIn('operations', `type: '${name}'`);
  if (kind === 'event') return findIn('events', `type: '${name}'`);
  if (kind === 'frame') return findIn('frames/frame-schemas.ts', `${name}: z.object`);
  if (kind === 'error') return findIn('tables/errors.ts', `${name}: {`);
  return findIn('tables/close-codes.ts', `code: ${name.replace('code ', '')},`);
}

function findIn(path: string, text: string): string | undefined {
  for (const file of filesOf(path)) {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((one) => one.includes(text));
    if (line >= 0) return `${relative(root, fileURLToPath(file))}:${line + 1}`;
  }
  return undefined;
}

function filesOf(path: string): readonly URL[] {
  if (path.endsWith('.ts')) return [new URL(path, contracts)];
  const directory = new URL(`${path}/`, contracts);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => new URL(name, directory));
}
