import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import { pinned } from './process/cores.ts';

/** What was measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly system: string;
  readonly pinned: boolean;
  /** Processes that wanted a core, on average over the last minute: well above 0, others disturb. */
  readonly load: number;
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    node: process.versions.node,
    system: `${type()} ${release()}`,
    pinned,
    load: loadavg()[0] ?? 0,
  };
}
