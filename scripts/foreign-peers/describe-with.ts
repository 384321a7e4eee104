import { describe } from 'vitest';
import { runCommand } from '../workspace/run-command.ts';

/** What must be there for programs of another language to run. */
export interface Toolchain {
  /** Commands with which it may be found, the first that succeeds is taken. */
  readonly found: readonly (readonly [program: string, ...parameters: string[]])[];
  readonly environment?: NodeJS.ProcessEnv;
  /** The packages of Debian that bring it. */
  readonly packages: readonly string[];
}

/** Describes a subject whose program needs a toolchain; where it is not, the subject is skipped and its title says what to install. */
export async function describeWith(
  subject: string,
  { found, environment, packages }: Toolchain,
  body: (program: string) => void,
): Promise<void> {
  const program = await firstThatRuns(found, environment);
  const reason = `not run, for want of: apt-get install -y ${packages.join(' ')}`;
  const title = program === undefined ? `${subject} (skipped: ${reason})` : subject;
  describe.skipIf(program === undefined)(title, () => body(program ?? ''));
}

async function firstThatRuns(found: Toolchain['found'], environment: NodeJS.ProcessEnv = {}) {
  for (const [program, ...parameters] of found) {
    const tried = await runCommand(program, parameters, { environment: { ...process.env, ...environment } }).catch(
      () => undefined,
    );
    if (tried?.code === 0) return program;
  }
  return undefined;
}
