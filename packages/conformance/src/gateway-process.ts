import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a test that starts a process may take, in milliseconds: the machine may be busy. */
export const PROCESS_TIMEOUT_MS = 90_000;
/** The admin token of every gateway that is started here. */
export const TOKEN = 'the-token-of-the-conformance-suite';

/** The real gateway, run from source in a process of its own. */
export interface GatewayProcess {
  readonly port: number;
  /** Whether the process is still the one that was started. */
  readonly running: boolean;
  /** Ends it with SIGKILL, as a power cut would: no handler runs, nothing is flushed. Resolves when it is gone. */
  kill(): Promise<void>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const command = join(root, 'packages/gateway-server/src/cli.ts');
const children = new Set<ChildProcess>();
const directories = new Set<string>();

// However the tests end, nothing of them goes on.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Kills every gateway that was started here and removes what they kept; for the end of a test or of a file. */
export async function endGateways(): Promise<void> {
  await Promise.all([...children].map((child) => new Promise((gone) => child.once('close', gone).kill('SIGKILL'))));
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  directories.clear();
}

/** Makes an empty data directory, which `endGateways` removes. */
export async function makeDataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-conformance-'));
  directories.add(directory);
  return directory;
}

/** Starts a gateway on a data directory and a free port. Rejects with what it printed when it does not listen. */
export async function startGateway(data: string): Promise<GatewayProcess> {
  const child = spawn(
    process.execPath,
    ['--conditions=@tyrum/source', '--import', 'tsx', command, 'start', '--json', '--port', '0', '--data', data],
    { cwd: root, env: { ...process.env, TYRUM_TOKEN: TOKEN }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      children.delete(child);
      resolve();
    });
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const listening = await new Promise<{ url: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    void gone.then(() => reject(new Error(`the gateway did not start:\n${complaints}`)));
  });
  // Its log goes on; what is not read would fill the pipe and stop it.
  child.stdout.resume();

  return {
    port: Number(new URL(listening.url).port),
    get running() {
      return children.has(child);
    },
    kill() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
