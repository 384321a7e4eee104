import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { oneRound } from '../rounds.ts';
import type { Table } from './workload.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

interface EntrySize {
  readonly entry: string;
  readonly bytes: number;
  readonly forNode: boolean;
}

/** What each entry point of the client takes in a browser, as the repository's own script tells it. */
export async function bundleSizes(): Promise<Table> {
  const script = ['--import', 'tsx', 'scripts/tell-entry-sizes.ts', '@tyrum/client-sdk'];
  const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: ROOT });
  const sizes = JSON.parse(stdout) as readonly EntrySize[];
  return {
    title: 'Client: size of each entry point',
    text: 'Bundled for browsers with everything that it exports and all that it needs, minified and gzipped; of one for Node.js the modules of Node.js are not counted.',
    columns: [{ metric: 'kB', title: 'kB', digits: 1 }],
    rows: oneRound(
      sizes.map(({ entry, bytes, forNode }) => [
        { name: `\`${entry}\`${forNode ? ', for Node.js' : ''}` },
        { kB: bytes / 1000 },
      ]),
    ),
  };
}
