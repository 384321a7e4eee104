import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../packages/gateway-server/src/cli.ts', import.meta.url));

export interface GatewayProcess {
  readonly url: string;
  readonly gatewayId: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** A `tyrum-gateway` in a process of its own, as a person would start it. */
export async function startGatewayProcess(): Promise<GatewayProcess> {
  const data = mkdtempSync(join(tmpdir(), 'tyrum-gateway-'));
  const token = randomBytes(32).toString('base64url');
  const fromSource = ['--conditions=@tyrum/source', '--import', 'tsx', command];
  const child = spawn(process.execPath, [...fromSource, 'start', '--json', '--port', '0', '--data', data], {
    env: { ...process.env, TYRUM_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  async function stop(): Promise<void> {
    child.kill('SIGKILL');
    await gone;
    rmSync(data, { recursive: true, force: true });
  }
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + chunk).slice(-4000);
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void gone.then(() => reject(new Error(`the gateway did not start:\n${complaints}`)));
  });
  const { url, gateway_id: gatewayId } = JSON.parse(line) as { url: string; gateway_id: string };
  return { url, gatewayId, token, stop };
}
