import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Cores: the first for servers, the second for load. */
const CORES = { server: '0', load: '1' } as const;

/** Whether processes can be held to a core here. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', CORES.load, 'true']).status === 0;

/** The command that runs another on a core, where that can be had. */
export function pinnedCommand(core: keyof typeof CORES, command: readonly string[]): readonly string[] {
  return pinned ? ['taskset', '-c', CORES[core], ...command] : command;
}
