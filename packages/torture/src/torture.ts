import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@tyrum/client-sdk';
import { loadIdentity } from '@tyrum/client-sdk/node';
import { bundleGatewayCommand } from '../../../scripts/workspace/bundle-gateway-command.ts';
import { createArrivals } from './arrivals.ts';
import { startPeer } from './child-processes.ts';
import { createHistory } from './history.ts';
import { startMortalGateway } from './mortal-gateway.ts';
import { startProxy } from './proxy.ts';
import type { Report } from './reports.ts';
import { createSeeded } from './seeded.ts';
import { createTally, type Tally } from './tally.ts';
import { createVerifier } from './verifier.ts';

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
  /** Ends the faults before the time is over. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly elapsedMs: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Requests of which the client said that nobody can tell. */
  readonly unknown: number;
  readonly applied: number;
  readonly performed: number;
  readonly kills: number;
  readonly strikes: number;
  /** Connections beyond the first of each peer. */
  readonly reconnects: number;
  /** Those that were given what they had missed. */
  readonly replays: number;
}

export interface Outcome extends Progress {
  readonly violations: readonly string[];
  /** Where everything lies when something was violated, with `history.jsonl`; removed otherwise. */
  readonly folder: string;
}

/** How long everything may take to come to rest once the faults have stopped. */
const REST_MS = 60_000;
/** A silent network is noticed by its heartbeats: often enough to happen within the time. */
const FLAGS = ['--heartbeat-ms', '2000'];

/**
 * Runs real processes under faults until something is broken or the time is over, lets them come to rest, and holds what they
 * saw against what the database holds.
 */
export async function torture(options: TortureOptions): Promise<Outcome> {
  const { seconds, seed, clients, paceMs, killEveryMs, strikeEveryMs, onProgress, signal } = options;
  const seeded = createSeeded(seed);
  const folder = await mkdtemp(join(tmpdir(), 'tyrum-torture-'));
  const command = await bundleGatewayCommand(folder);
  const token = randomBytes(32).toString('base64url');
  const history = createHistory(join(folder, 'history.jsonl'));
  const tally = createTally();
  const verifier = createVerifier(tally);
  const arrivals = createArrivals(tally.count);
  const startedAt = performance.now();
  const gateway = await startMortalGateway({
    command,
    data: join(folder, 'gateway'),
    token,
    flags: FLAGS,
    seeded,
    verifier,
    note: history.note,
  });
  const proxy = await startProxy({ gatewayPort: () => gateway.port, seeded });
  let strikes = 0;

  const progress = (): Progress => ({
    elapsedMs: performance.now() - startedAt,
    sent: tally.sent.size,
    acknowledged: tally.acknowledged.size,
    refused: tally.refused.size,
    unknown: tally.count('unknown'),
    applied: tally.count('applied'),
    performed: tally.count('performed'),
    kills: gateway.kills,
    strikes,
    reconnects: Math.max(0, tally.count('connected') - 1 - clients),
    replays: tally.resumed,
  });

  function record(name: string, report: Report): void {
    history.record(name, report);
    tally.take(name, report);
    arrivals.noted();
  }

  const url = `ws://127.0.0.1:${proxy.port}/ws`;
  const setup = (name: string, index: number) => ({ name, url, token, folder, paceMs, seed: seed + index });
  const approver = await approvePairings(`ws://127.0.0.1:${gateway.port}/ws`, token, folder);
  const node = startPeer('node', setup('node', 0), record);
  await arrivals.all('ready', 1, REST_MS);
  await approver.close();
  const peers = Array.from({ length: clients }, (_, index) =>
    startPeer('client', setup(`client${index + 1}`, index + 1), record),
  );
  await arrivals.all('ready', 1 + clients, REST_MS);

  let nextKill = seeded.between(0, 2 * killEveryMs);
  let nextStrike = seeded.between(0, 2 * strikeEveryMs);
  const torturedAt = performance.now();
  const elapsedMs = () => performance.now() - torturedAt;
  while (elapsedMs() < seconds * 1000 && signal?.aborted !== true && verifier.broken.length === 0) {
    if (killEveryMs > 0 && elapsedMs() >= nextKill) {
      await gateway.kill();
      nextKill = elapsedMs() + seeded.between(0, 2 * killEveryMs);
    }
    if (strikeEveryMs > 0 && elapsedMs() >= nextStrike) {
      const strike = proxy.strike();
      history.note(strike);
      if (strike !== 'nothing') strikes += 1;
      nextStrike = elapsedMs() + seeded.between(0, 2 * strikeEveryMs);
    }
    onProgress?.(progress());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const violations: string[] = [];
  // What is broken already is looked at as it was then.
  const resting = verifier.broken.length === 0;
  if (resting) {
    for (const peer of peers) peer.tell({ kind: 'finish' });
    if (!(await arrivals.all('finished', clients, REST_MS)))
      violations.push(`not every request had settled after ${REST_MS} ms of rest`);
    await rest(tally);
  }
  await gateway.stop();
  await proxy.close();
  await Promise.all([node, ...peers].map((peer) => peer.kill()));
  violations.push(...verifier.broken, ...(resting ? verifier.unfinished() : []));
  await history.close();
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

/**
 * Resolves when every turn has ended for everybody and nothing has been applied for two seconds. Silence alone says nothing: it
 * takes some heartbeats until a peer knows that its connection is dead.
 */
async function rest(tally: Tally): Promise<void> {
  const deadline = performance.now() + REST_MS;
  for (let before = -1; performance.now() < deadline; ) {
    if (tally.complete && before === tally.count('applied')) return;
    before = tally.count('applied');
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}
