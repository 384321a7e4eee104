import { type ChildProcess, spawn } from 'node:child_process';
import type { Answer, Call } from './calls.ts';
import { pinnedCommand } from './cores.ts';

/** A process of this benchmark, as the one that directs it sees it. */
export interface Child {
  /** @throws {Error} what the child threw, or that it ended or did not answer in time */
  call<Value>(name: string, argument?: unknown): Promise<Value>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly core: 'server' | 'load';
  /** Options of Node.js itself. */
  readonly nodeOptions?: readonly string[];
}

/** Far longer than anything takes that is asked of a child. */
const PATIENCE_MS = 180_000;
const children = new Set<ChildProcess>();

// However the benchmark ends, nothing of it goes on.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a program on a core of its own, in production mode, and resolves when it can be asked. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { program, core, nodeOptions = [] } = options;
  const [command, ...parameters] = pinnedCommand(core, [
    process.execPath,
    '--expose-gc',
    ...nodeOptions,
    program,
    ...options.arguments,
  ]) as [string, ...string[]];
  const child = spawn(command, parameters, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const name = options.arguments.join(' ');
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let complaints = '';
  let calls = 0;

  child.stderr?.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-2000);
  });
  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  });
  children.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      children.delete(child);
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended: ${complaints}`));
      waiting.clear();
      resolve();
    });
  });

  function expect<Value>(id: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`${name} did not answer`));
      }, PATIENCE_MS);
      const settle =
        <Argument>(act: (argument: Argument) => void) =>
        (argument: Argument) => {
          clearTimeout(late);
          act(argument);
        };
      waiting.set(id, { resolve: settle(resolve as (value: unknown) => void), reject: settle(reject) });
    });
  }

  await expect(0);
  return {
    call(called, argument) {
      calls += 1;
      const answer = expect<never>(calls);
      child.send({ id: calls, name: called, argument } satisfies Call);
      return answer;
    },
    stop() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
