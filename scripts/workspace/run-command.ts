import { spawn } from 'node:child_process';

/** What a finished command left: its exit code (a signal counts as 1) and both its streams in the order they came. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

export interface CommandOptions {
  readonly directory?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Shows the output as it comes instead of collecting it. */
  readonly inherit?: boolean;
  /** Ends the program by a signal after this time. */
  readonly timeoutMs?: number;
}

/** Runs a program without a shell and resolves when it has ended, whatever its exit code; rejects when it cannot start. */
export function runCommand(
  program: string,
  parameters: readonly string[],
  { directory, environment, inherit = false, timeoutMs }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: directory,
      env: environment ?? process.env,
      timeout: timeoutMs,
      stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (cause) => reject(new Error(`${program} could not be started`, { cause })));
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
