import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

describe('what answers requests', () => {
  it('knows no number of a revision, nor asks for one', () => {
    const files = sourcesBelow(join(root, 'packages/gateway-core/src/domain'));

    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap(mentionsIn)).toEqual([]);
  });

  it('is judged by words that code cannot avoid: the handshake, which does know, is full of them', () => {
    const mentions = mentionsIn(join(root, 'packages/gateway-core/src/engine/handshake/handshake.ts'));

    expect(mentions.length).toBeGreaterThan(10);
  });
});

/** The lines that ask for a revision, or compare one; comments may speak of it, for they decide nothing. */
function mentionsIn(path: string): readonly string[] {
  const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return code
    .split('\n')
    .filter((line) => /revision|protocol_rev|\.served\b/i.test(line))
    .map((line) => `${relative(root, path)}: ${line.trim()}`);
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'test-support' ? [] : sourcesBelow(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
