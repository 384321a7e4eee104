import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A gateway whose memory can be asked for. */
export interface MeasuredGateway {
  readonly url: string;
  /** Bytes that it holds after a garbage collection: its heap, and the buffers beside it. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Runs in the gateway's process, beside it. */
const PROBE = `data:text/javascript,process.on('message', () => {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send(heapUsed + external);
})`;

/** Starts the compiled command on a free port. */
export async function startMeasuredGateway(options: {
  readonly command: string;
  readonly data: string;
  readonly token: string;
  readonly flags: readonly string[];
}): Promise<MeasuredGateway> {
  const { command, data, token, flags } = options;
  const child = fork(command, ['start', '--json', '--port', '0', '--data', data, ...flags], {
    execArgv: ['--expose-gc', '--import', PROBE.replaceAll('\n', '')],
    env: { ...process.env, TYRUM_TOKEN: token },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // However the measurement ends, nothing of it goes on.
  process.once('exit', () => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stdout === null) return reject(new Error('the gateway has no output'));
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line).url));
    child.once('exit', (code) => reject(new Error(`the gateway did not start: exit code ${code}`)));
  });
  child.stdout?.resume();
  return {
    url,
    async memory() {
      child.send('memory');
      const [bytes] = await once(child, 'message');
      return Number(bytes);
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
