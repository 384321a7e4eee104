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
  /** Its port, once it listens; rejects with what it printed when it ends before. */
  readonly listening: Promise<number>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface GatewaySetup {
  /** The compiled command. */
  readonly command: string;
  readonly data: string;
  readonly token: string;
  readonly port: number;
  /** Further settings, as on a command line. */
  readonly flags?: readonly string[];
}

/** Starts the real gateway in a process of its own. */
export function spawnGateway({ command, data, token, port, flags = [] }: GatewaySetup): GatewayChild {
  const child = spawn(
    process.execPath,
    [command, 'start', '--json', '--port', String(port), '--data', data, ...flags],
    {
      env: { ...process.env, TYRUM_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C at the terminal is for the one that tortures: it stops the gateway when the time has come.
      detached: true,
    },
  );
  const gone = adopt(child);
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const listening = new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve(Number(new URL(JSON.parse(line).url).port)),
    );
    void gone.then(() => reject(new Error(`the gateway did not start:\n${complaints}`)));
  });
  // One that is killed before it listens is nobody's failure.
  listening.catch(() => {});
  child.stdout.resume();
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return gone;
  };
  return { listening, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
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
