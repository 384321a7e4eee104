import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoAtExit } from './process/undo-at-exit.ts';

/** Another state of this repository, in a directory of its own, which goes with the benchmark. */
export interface Checkout {
  readonly directory: string;
  readonly commit: string;
}

/**
 * Checks a commit out beside this one and installs what it needs.
 *
 * @throws {Error} when there is no such commit, when it has no benchmark yet, or when it cannot be installed
 */
export async function checkOut(ref: string, root: string): Promise<Checkout> {
  const commit = run('git', ['rev-parse', '--short', '--verify', `${ref}^{commit}`], root).trim();
  const parent = await mkdtemp(join(tmpdir(), 'tyrum-bench-checkout-'));
  const directory = join(parent, commit);
  undoAtExit(() => {
    spawnSync('git', ['worktree', 'remove', '--force', directory], { cwd: root });
    rmSync(parent, { recursive: true, force: true });
  });
  run('git', ['worktree', 'add', '--detach', directory, commit], root);
  if (!existsSync(join(directory, 'packages/benchmark'))) {
    throw new Error(`${ref} has no packages/benchmark; compare with a commit that has`);
  }
  run('npx', ['-y', packageManager(root), 'install', '--frozen-lockfile', '--prefer-offline'], directory);
  return { directory, commit };
}

function packageManager(root: string): string {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

function run(command: string, parameters: readonly string[], directory: string): string {
  const { status, signal, stdout, stderr, error } = spawnSync(command, [...parameters], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`${command} ${parameters.join(' ')} failed: ${error?.message ?? signal ?? stdout + stderr}`);
  }
  return stdout;
}
