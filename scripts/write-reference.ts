import { mkdir, writeFile } from 'node:fs/promises';
import { tyrum } from '../packages/contracts/src/index.ts';
import { referencePages } from './reference/pages.ts';

const folder = new URL('../docs/reference/', import.meta.url);
const pages = Object.entries(referencePages(tyrum));

await mkdir(folder, { recursive: true });
for (const [name, text] of pages) await writeFile(new URL(name, folder), text);
console.log(`${pages.length} pages written to docs/reference`);
