import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@tyrum/client-sdk';
import { loadIdentity } from '@tyrum/client-sdk/node';
import { type GatewayChild, startGateway, startPeer } from './child-processes.ts';
import { createHistory, type History } from './history.ts';
import { startProxy } from './proxy.ts';
import type { Report } from './reports.ts';
import { createSeeded } from './seeded.ts';
import { verify } from './verify.ts';

export interface TortureOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly clients: number;
  /** Milliseconds between two messages of a client, on average. */
  readonly paceMs: number;
  /** Milliseconds between two kills of the gateway, on average; 0 for none. */
  readonly killEveryMs: number;
  /** Milliseconds between two faults of the network, on average; 0 for none. */
  readonly strikeEveryMs: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly elapsedMs: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly applied: number;
  readonly performed: number;
  readonly connects: number;
  readonly kills: number;
  readonly strikes: number;
}

export interface Outcome extends Progress {
  readonly violations: readonly string[];
  /** Where everything lies when something was violated; removed otherwise. */
  readonly folder: string;
}

/** How long everything may take to come to rest once the faults have stopped. */
const REST_MS = 60_000;

/** Runs real processes under faults, lets them come to rest, and holds what they saw against what the database holds. */
export async function torture(options: TortureOptions): Promise<Outcome> {
  const { seconds, seed, clients, paceMs, killEveryMs, strikeEveryMs, onProgress } = options;
  const seeded = createSeeded(seed);
  const folder = await mkdtemp(join(tmpdir(), 'tyrum-torture-'));
  const data = join(folder, 'gateway');
  const token = randomBytes(32).toString('base64url');
  const history = createHistory();
  const startedAt = performance.now();
  let gateway: GatewayChild = await startGateway({ data, token, port: 0 });
  const gatewayPort = gateway.port;
  const proxy = await startProxy({ gatewayPort: () => gatewayPort, seeded });
  let kills = 0;
  let strikes = 0;

  const progress = (): Progress => ({
    elapsedMs: performance.now() - startedAt,
    sent: history.sent.size,
    acknowledged: history.acknowledged.size,
    refused: history.refused.size,
    applied: history.count('applied'),
    performed: history.count('performed'),
    connects: history.connects,
    kills,
    strikes,
  });

  const url = `ws://127.0.0.1:${proxy.port}/ws`;
  const setup = (name: string, index: number) => ({ name, url, token, folder, paceMs, seed: seed + index });
  const arrivals = createArrivals(history);
  const approver = await approvePairings(`ws://127.0.0.1:${gatewayPort}/ws`, token, folder);
  startPeer('node', setup('node', 0), arrivals.record);
  await arrivals.all('ready', 1);
  await approver.close();
  const peers = Array.from({ length: clients }, (_, index) =>
    startPeer('client', setup(`client${index + 1}`, index + 1), arrivals.record),
  );
  await arrivals.all('ready', 1 + clients);

  let nextKill = seeded.between(0, 2 * killEveryMs);
  let nextStrike = seeded.between(0, 2 * strikeEveryMs);
  const torturedAt = performance.now();
  for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - torturedAt) {
    if (killEveryMs > 0 && elapsed >= nextKill) {
      await gateway.kill();
      kills += 1;
      gateway = await startGateway({ data, token, port: gatewayPort });
      nextKill = performance.now() - torturedAt + seeded.between(0, 2 * killEveryMs);
    }
    if (strikeEveryMs > 0 && elapsed >= nextStrike) {
      if (proxy.strike() !== 'nothing') strikes += 1;
      nextStrike = performance.now() - torturedAt + seeded.between(0, 2 * strikeEveryMs);
    }
    onProgress?.(progress());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  for (const peer of peers) peer.tell({ kind: 'finish' });
  const violations: string[] = [];
  if (!(await arrivals.all('finished', clients, REST_MS)))
    violations.push(`not every request had settled after ${REST_MS} ms of rest`);
  await quiet(history);
  await gateway.stop();
  await proxy.close();
  await Promise.all(peers.map((peer) => peer.kill()));
  violations.push(...(await verify(join(data, 'tyrum.sqlite'), history)));
  if (violations.length === 0) await rm(folder, { recursive: true, force: true });
  return { ...progress(), violations, folder };
}

/** Approves every node that asks, until it is closed. */
async function approvePairings(url: string, token: string, folder: string) {
  const client = createClient({ url, token, identity: await loadIdentity(join(folder, 'approver.key')) });
  client.on('pairing.updated', async ({ payload: { pairing } }) => {
    if (pairing.status !== 'awaiting_human') return;
    await client.request('pairing.approve', {
      pairing_id: pairing.pairing_id,
      trust_level: 'local',
      capability_allowlist: pairing.node.capabilities,
    });
  });
  await client.connect();
  return client;
}

/** Records reports, and resolves when enough of a kind have come. */
function createArrivals(history: History) {
  const waiting = new Set<() => void>();
  return {
    record(name: string, report: Report): void {
      history.record(name, report);
      for (const check of waiting) check();
    },
    all(kind: Report['kind'], count: number, withinMs = REST_MS): Promise<boolean> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => end(false), withinMs);
        const end = (reached: boolean) => {
          clearTimeout(timer);
          waiting.delete(check);
          resolve(reached);
        };
        const check = () => void (history.count(kind) >= count && end(true));
        waiting.add(check);
        check();
      });
    },
  };
}

/** Resolves when nothing has been applied for two seconds: the last turns have ended and everybody has heard of it. */
async function quiet(history: History): Promise<void> {
  const deadline = performance.now() + REST_MS;
  for (let before = -1; before !== history.count('applied') && performance.now() < deadline; ) {
    before = history.count('applied');
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
