import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { tyrum } from '../packages/contracts/src/index.ts';
import { referencePages } from './reference/pages.ts';

const folder = new URL('../docs/reference/', import.meta.url);

describe('docs/reference', () => {
  const pages = referencePages(tyrum);

  it.each(Object.entries(pages))('%s is what `pnpm reference` writes today', async (name, text) => {
    expect(await readFile(new URL(name, folder), 'utf8')).toBe(text);
  });

  it('holds no page that nothing writes', async () => {
    expect((await readdir(folder)).sort()).toEqual(Object.keys(pages).sort());
  });

  it('names who may approve a pairing, and that a task is remote', () => {
    expect(pages['operations.md']).toMatch(
      /\| `pairing\.approve` \|[^\n]*\| client \| `operator\.pairing` \| once \| from 2 \|/,
    );
    expect(pages['operations.md']).toMatch(/\| `task\.execute` \|[^\n]*\| the gateway, of a node \|[^\n]*\| remote \|/);
    expect(pages['revisions.md']).toMatch(/\| 3 \|[^\n]*`task\.submit`[^\n]*\| [^\n]*`conversation\.reconnect`/);
  });
});
