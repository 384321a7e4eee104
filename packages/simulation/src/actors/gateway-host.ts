import { createGateway, type Gateway } from '@tyrum/gateway-core';
import { gatewayHandlers } from '../applications/gateway-handlers.ts';
import { createRunner } from '../applications/runner.ts';
import { contractAt, type Revisions, type SimulatedContract } from '../contract/contracts.ts';
import type { Disk } from '../disk/disk.ts';
import type { Loop } from '../kernel/loop.ts';
import type { Prng } from '../kernel/prng.ts';
import { createProcess, type Process, type WallClock } from '../kernel/process.ts';
import { type KeyPair, simulatedCrypto } from '../kernel/signatures.ts';
import type { Bug } from '../mutations/mutation.ts';
import type { Link } from '../network/link.ts';
import type { Network } from '../network/network.ts';
import type { GatewayPlan } from '../plan/plan.ts';

/** The machine of the gateway: it runs one gateway at a time on one disk, and starts it again whenever it ends. */
export interface GatewayHost {
  /** The gateway that takes connections now. */
  readonly running: RunningGateway | undefined;
  start(revisions: Revisions): void;
  /** `kill -9`, or with `silent` the loss of power; up again after a while. Does nothing while it is down. */
  crash(how: Outage & { readonly silent: boolean }): void;
  /** Stops it in order. Does nothing while it is down. */
  restart(how: Outage): void;
  /**
   * Another process gets the store and begins, while the one that had it lives on with its connections for a while. Does
   * nothing while it is down or stops.
   */
  takeOver(how: Outage & { readonly lingerMs: number }): void;
  /** From now on the gateway serves these revisions: at once, unless those that it serves now are enough. */
  prefer(revisions: Revisions, enough: (revisions: Revisions) => boolean, outage: Outage): void;
  /** Runs something on the gateway as soon as there is one, and again on the next one when it dies meanwhile or refuses. */
  persist<Value>(work: (gateway: Gateway<SimulatedContract>) => Promise<Value>): Promise<Value>;
}

export interface Outage {
  readonly downMs: number;
  readonly revisions: Revisions;
  /** Done while nothing runs. */
  readonly meanwhile?: () => Promise<void>;
}

export interface RunningGateway {
  readonly process: Process;
  readonly gateway: Gateway<SimulatedContract>;
  readonly revisions: Revisions;
}

export interface GatewayHostOptions {
  readonly plan: GatewayPlan;
  readonly loop: Loop;
  readonly wall: WallClock;
  readonly random: Prng;
  readonly key: KeyPair;
  readonly disk: Disk;
  readonly network: Network;
  readonly mutation: Bug | undefined;
  /** A turn of an intention is run, perhaps once more. */
  readonly onTurnRun: (token: string, turnId: string) => void;
  readonly accepted: (link: Link, token: string) => void;
  readonly say: (line: string) => void;
}

const RETRY_MS = 500;

export function createGatewayHost(options: GatewayHostOptions): GatewayHost {
  const { plan, loop, wall, random, key, disk, network, mutation, say } = options;
  let starts = 0;
  let current: Process | undefined;
  let running: RunningGateway | undefined;
  let stopping = false;
  let preferred: Revisions | undefined;
  let waiting: (() => void)[] = [];

  async function run(process: Process, revisions: Revisions): Promise<void> {
    const contract = contractAt(revisions);
    const disked = disk.open(process);
    const store = mutation?.wrapStore?.(disked) ?? disked;
    let gateway: Gateway<SimulatedContract> | undefined;
    try {
      gateway = await createGateway<SimulatedContract>({
        store,
        signer: { publicKey: key.publicKey, sign: key.sign },
        contract,
        handlers: gatewayHandlers(process, () => gateway as Gateway<SimulatedContract>),
        runner: createRunner(process, options.onTurnRun),
        policies: { pairing: () => 'approve' },
        limits: plan.limits,
        crypto: simulatedCrypto,
        clock: process.clock,
        random: random.fork(`gateway ${starts}`),
        telemetry: { log: (level, message) => (level === 'debug' ? undefined : say(`gateway: ${level} ${message}`)) },
      });
    } catch (error) {
      say(`gateway: cannot start, ${error instanceof Error ? error.message : String(error)}`);
      process.kill();
      loop.after(RETRY_MS, () => begin(revisions));
      return;
    }
    if (!process.alive) return;
    const up = { process, gateway, revisions };
    running = up;
    say(`gateway: serves ${revisions.join()}`);
    network.listen({
      process,
      refuse: () => (up.gateway.draining ? { reason: 'HTTP 503' } : undefined),
      accept(channel, link, token) {
        options.accepted(link, token);
        return up.gateway.accept(mutation?.wrapChannel?.(channel) ?? channel, { token });
      },
    });
    const ready = waiting;
    waiting = [];
    for (const go of ready) go();
    // What it was started with was wanted before something else was.
    if (preferred !== undefined && preferred !== revisions) restart({ downMs: 100, revisions: preferred });
  }

  function begin(planned: Revisions): void {
    const revisions = preferred ?? planned;
    starts += 1;
    const process = createProcess(loop, wall, `gateway ${starts}`);
    current = process;
    stopping = false;
    void run(process, revisions);
  }

  function down(process: Process, silent: boolean, { downMs, revisions, meanwhile }: Outage): void {
    process.kill();
    running = undefined;
    network.listen(undefined);
    network.gatewayDied(process, silent);
    loop.after(downMs, () => {
      if (meanwhile === undefined) begin(revisions);
      else void meanwhile().then(() => begin(revisions));
    });
  }

  async function stop({ process, gateway }: RunningGateway, outage: Outage): Promise<void> {
    stopping = true;
    await gateway.close();
    if (process.alive) down(process, false, outage);
  }

  function restart(how: Outage): void {
    if (running === undefined || stopping) return;
    say('gateway: is told to stop');
    void stop(running, how);
  }

  function takeOver({ lingerMs, downMs, revisions }: Outage & { readonly lingerMs: number }): void {
    if (running === undefined || stopping) return;
    const old = running.process;
    say('gateway: another process takes over');
    disk.fence();
    running = undefined;
    current = undefined;
    loop.after(downMs, () => begin(revisions));
    loop.after(lingerMs, () => {
      old.kill();
      network.gatewayDied(old, false);
    });
  }

  return {
    get running() {
      return running;
    },
    takeOver,
    start: begin,
    crash(how) {
      if (current === undefined || !current.alive) return;
      say(`gateway: ${how.silent ? 'loses power' : 'is killed'}`);
      down(current, how.silent, how);
    },
    restart,
    prefer(revisions, enough, outage) {
      preferred = running !== undefined && enough(running.revisions) ? running.revisions : revisions;
      if (running !== undefined && preferred !== running.revisions) restart(outage);
    },
    async persist(work) {
      for (;;) {
        const up = running;
        if (up === undefined || stopping) {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
          });
          continue;
        }
        try {
          return await Promise.race([work(up.gateway), deathOf(up.process)]);
        } catch {
          await new Promise<void>((resolve) => void loop.after(RETRY_MS, resolve));
        }
      }
    },
  };
}

function deathOf(process: Process): Promise<never> {
  return new Promise((_resolve, reject) => process.onDeath(() => reject(new Error('the gateway died'))));
}
