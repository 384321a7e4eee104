import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Command, PeerSetup, Report } from './reports.ts';

const FROM_SOURCE = ['--conditions=@tyrum/source', '--import', 'tsx'];
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const children = new Set<ChildProcess>();

// However the torture ends, nothing of it goes on.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface GatewayChild {
  readonly port: number;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the real gateway and resolves once it listens; rejects with what it printed when it does not. */
export async function startGateway(options: { data: string; token: string; port: number }): Promise<GatewayChild> {
  const child = spawn(
    process.execPath,
    [
      ...FROM_SOURCE,
      at('../../gateway-server/src/cli.ts'),
      'start',
      '--json',
      '--port',
      String(options.port),
      '--data',
      options.data,
    ],
    { env: { ...process.env, TYRUM_TOKEN: options.token }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const gone = adopt(child);
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const listening = await new Promise<{ url: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    void gone.then(() => reject(new Error(`the gateway did not start:\n${complaints}`)));
  });
  child.stdout.resume();
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return gone;
  };
  return { port: Number(new URL(listening.url).port), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

export interface PeerChild {
  readonly name: string;
  tell(command: Command): void;
  kill(): Promise<void>;
}

/** Starts a peer in its own process; what it reports goes to `onReport`. */
export function startPeer(
  kind: 'client' | 'node',
  setup: PeerSetup,
  onReport: (name: string, report: Report) => void,
): PeerChild {
  const child = fork(at(`./${kind}-process.ts`), [JSON.stringify(setup)], {
    execArgv: FROM_SOURCE,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const gone = adopt(child);
  child.on('message', (message) => onReport(setup.name, message as Report));
  return {
    name: setup.name,
    tell: (command) => void (child.connected && child.send(command)),
    kill() {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function adopt(child: ChildProcess): Promise<void> {
  children.add(child);
  return new Promise((resolve) => {
    child.once('close', () => {
      children.delete(child);
      resolve();
    });
  });
}
