import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const protocol = readFileSync(join(root, 'docs/protocol.md'), 'utf8');

const defined = definedIds(protocol);
const citations = ['packages', 'examples'].flatMap((folder) => testFilesBelow(join(root, folder))).flatMap(citationsIn);

describe('the requirements of docs/protocol.md', () => {
  it('are each defined once', () => {
    const twice = defined.filter((id, at) => defined.indexOf(id) !== at);

    expect(defined.length).toBeGreaterThanOrEqual(110);
    expect(twice).toEqual([]);
  });

  it('are numbered from 1 without a hole inside each prefix', () => {
    const astray = [...groupByPrefix(defined)].flatMap(([prefix, ids]) =>
      ids.filter((id, at) => id !== `${prefix}-${at + 1}`),
    );

    expect(astray).toEqual([]);
  });

  it('each say MUST, SHOULD or MAY', () => {
    const silent = requirementLines(protocol).filter((line) => !/\b(MUST|SHOULD|MAY)\b/.test(line));

    expect(silent).toEqual([]);
  });

  it('are what every citation names', () => {
    const unknown = citations.filter(({ id }) => !defined.includes(id)).map(({ id, file }) => `${id} in ${file}`);

    expect(unknown).toEqual([]);
  });

  it('are each cited by a test', () => {
    const cited = new Set(citations.map(({ id }) => id));
    const uncited = defined.filter((id) => !cited.has(id));

    if (uncited.length > 0) expect.fail(`${uncited.length} of ${defined.length} are not cited: ${uncited.join(' ')}`);
  });
});

function requirementLines(markdown: string): string[] {
  return markdown.split('\n').filter((line) => /^\s*[-*]\s+\*\*[A-Z]{2,4}-\d+\*\*/.test(line));
}

function definedIds(markdown: string): string[] {
  return requirementLines(markdown).map((line) => /\*\*([A-Z]{2,4}-\d+)\*\*/.exec(line)?.[1] ?? line);
}

function groupByPrefix(ids: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const prefix = id.slice(0, id.indexOf('-'));
    groups.set(prefix, [...(groups.get(prefix) ?? []), id]);
  }
  return groups;
}

function testFilesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFilesBelow(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

function citationsIn(path: string): { id: string; file: string }[] {
  const file = path.slice(root.length);
  return [...readFileSync(path, 'utf8').matchAll(/\[([A-Z]{2,4}-\d+)\]/g)].map(([, id]) => ({ id: id ?? '', file }));
}
