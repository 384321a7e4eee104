import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The time limit of a test that starts processes: a busy machine takes seconds to compile and load each of them. */
export const STARTS_PROCESSES_MS = 90_000;

export interface ChildProgram {
  readonly pid: number;
  /** The whole lines that it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves when it has printed this many lines; rejects with what it wrote to its errors when it ends before. */
  printed(count: number): Promise<void>;
  /** Kills it without a chance to clean up, and resolves when it is gone and all that it printed has been read. */
  kill(): Promise<void>;
}

/** Starts a program of `test/programs` in a process of its own, on the Node that runs the test. */
export function startProgram(name: string, args: readonly string[]): ChildProgram {
  const program = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@tyrum/source', '--import', 'tsx', program, ...args]);
  const closed = once(child, 'close');
  const lines: string[] = [];
  const errors: Buffer[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    child.emit('lines');
  });
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await closed;
  }
  onTestFinished(kill);

  return {
    pid: child.pid ?? 0,
    lines,
    async printed(count) {
      while (lines.length < count) {
        if (hasEnded(child)) throw new Error(`${name} ended early: ${Buffer.concat(errors).toString()}`);
        await Promise.race([once(child, 'lines'), closed]);
      }
    },
    kill,
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
