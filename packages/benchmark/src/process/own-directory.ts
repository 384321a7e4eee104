import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoAtExit } from './undo-at-exit.ts';

/** A directory for what a server keeps. It goes with the benchmark, or before. */
export interface OwnDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeDirectory(): Promise<OwnDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'tyrum-bench-'));
  const settle = undoAtExit(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      settle();
    },
  };
}
