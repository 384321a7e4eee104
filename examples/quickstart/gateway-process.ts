import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real `tyrum-gateway` in a process of its own, which can be killed and started again on the same data and port. */
export interface GatewayProcess {
  readonly url: string;
  readonly gatewayId: string;
  readonly pid: number;
  /** Ends it as a power cut would: no signal handler runs, nothing is flushed. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
}

const manifest = createRequire(import.meta.url).resolve('@tyrum/gateway-server/package.json');
/** The command of the installed package, or another one to tell the same story about. */
const command = process.env.TYRUM_GATEWAY?.split(' ') ?? [process.execPath, join(dirname(manifest), 'dist', 'cli.js')];
const running = new Set<ChildProcess>();

// Whatever ends this program, the gateway does not outlive it.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the gateway and resolves once it listens. Rejects with what it printed when it does not. */
export async function startGateway(options: { data: string; token: string; port?: number }): Promise<GatewayProcess> {
  const [program = process.execPath, ...given] = command;
  const child = spawn(
    program,
    [...given, 'start', '--json', '--host', '127.0.0.1', '--port', String(options.port ?? 0), '--data', options.data],
    { env: { ...process.env, TYRUM_TOKEN: options.token }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      running.delete(child);
      resolve();
    });
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });

  const listening = await new Promise<{ url: string; gateway_id: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    void gone.then(() => reject(new Error(`the gateway did not start:\n${complaints}`)));
  });
  // Its log goes on; what is not read would fill the pipe and stop it.
  child.stdout.resume();

  return {
    url: listening.url,
    gatewayId: listening.gateway_id,
    pid: child.pid as number,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
