import { type ChildProcess, spawn } from 'node:child_process';
import type { Answer, Call } from './calls.ts';
import { pinnedCommand } from './cores.ts';
import { undoAtExit } from './undo-at-exit.ts';

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
  /** How long one call may take, in milliseconds. @default a minute: what takes longer is asked for in steps */
  readonly patienceMs?: number;
}

/** Starts a program on a core of its own, in production mode, and resolves when it can be asked. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = spawnPinned(options);
  const name = `the ${options.core} ${options.arguments[0] ?? ''}`;
  const { patienceMs = 60_000 } = options;
  const waiting = new Map<number, (answer: Answer | Error) => void>();
  let said = '';
  let calls = 0;
  let over: Error | undefined;

  child.stderr?.on('data', (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  const gone = new Promise<void>((resolve) => {
    function end(error: Error): void {
      over ??= error;
      for (const settle of [...waiting.values()]) settle(over);
      resolve();
    }
    child.on('error', end);
    child.once('close', (code, signal) => end(new Error(`${name} ended with ${signal ?? code}${reasonIn(said)}`)));
  });

  function expect<Value>(id: number, what: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (over !== undefined) {
        reject(over);
        return;
      }
      const late = setTimeout(
        () => settle(new Error(`${name} did not answer to ${what} within ${patienceMs / 1000} s`)),
        patienceMs,
      );
      function settle(answer: Answer | Error): void {
        clearTimeout(late);
        waiting.delete(id);
        if (answer instanceof Error) reject(answer);
        else if ('error' in answer) reject(new Error(`${name}, ${what}: ${answer.error}`));
        else resolve(answer.value as Value);
      }
      waiting.set(id, settle);
    });
  }

  function stop(): Promise<void> {
    child.kill('SIGKILL');
    return gone;
  }

  try {
    await expect(0, 'its start');
  } catch (cause) {
    await stop();
    throw cause;
  }
  return {
    call(called, argument) {
      calls += 1;
      const answer = expect<never>(calls, called);
      if (over === undefined) child.send({ id: calls, name: called, argument } satisfies Call);
      return answer;
    },
    stop,
  };
}

function spawnPinned({ program, arguments: parameters, core, nodeOptions = [] }: ChildOptions): ChildProcess {
  const command = [process.execPath, '--expose-gc', ...nodeOptions, program, ...parameters];
  const [first, ...rest] = pinnedCommand(core, command) as [string, ...string[]];
  const child = spawn(first, rest, {
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const settle = undoAtExit(() => child.kill('SIGKILL'));
  child.once('close', settle);
  return child;
}

/** The line of what a process said at its end that names an error; nothing where there is none. */
function reasonIn(said: string): string {
  const line = said.split('\n').findLast((candidate) => /error/i.test(candidate));
  return line === undefined ? '' : `: ${line.trim().slice(0, 300)}`;
}
