import type { Contract, Random } from '@tyrum/contracts';
import type { EventOptions } from '../engine/events/event-writer.ts';
import type { GatewayLimits } from '../engine/limits.ts';
import { type StartedGateway, startGateway } from '../engine/start-gateway.ts';
import type { Principal } from '../ports/authenticator.ts';
import type { LogLevel, Telemetry } from '../ports/telemetry.ts';
import { createMemoryStore, type MemorySnapshot, type MemoryStore, type StoreFaults } from '../store/memory-store.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createGatewaySigner, inlineCrypto, type TestDevice } from './node-device.ts';
import { settle } from './node-settle.ts';
import { probe } from './probe-contract.ts';
import {
  anyWriter,
  createProbeDomain,
  createProbeTokens,
  type ProbeDomain,
  type ProbeDomainOptions,
  type ProbeTokens,
} from './probe-domain.ts';
import { createRawPeer, type Introduction, type RawPeer, type WireFrame } from './raw-peer.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createWireCheck } from './wire-check.ts';

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A gateway over the probe contract, with everything around it in the hands of a test. */
export interface ProbeWorld {
  readonly gateway: StartedGateway<Contract>;
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  readonly tokens: ProbeTokens;
  readonly domain: ProbeDomain;
  readonly logs: readonly LogLine[];
  /** The gateway's private key, so that a test can look for it where it must not be. */
  readonly privateKeyPem: string;
  /** Opens a socket with a token; the handshake has not begun. */
  dial(options?: DialOptions): RawPeer;
  /** Opens a socket and completes the handshake. @throws {Error} when that does not work out */
  connect(options?: DialOptions & Introduction): Promise<RawPeer>;
  /** Asks and resolves with the answer. @throws {Error} when none has come once all is settled */
  ask(peer: RawPeer, type: string, payload: unknown, more?: Readonly<Record<string, unknown>>): Promise<WireFrame>;
  /** Appends durable events of a tenant, each in its own transaction unless they stand together. */
  append(...events: readonly ProbeEvent[]): Promise<void>;
  /** Writes this many notes into the log in one transaction, named by their numbers. */
  appendNotes(from: number, to: number, tenant?: string): Promise<void>;
  /** The same disk under a new process, as a crash leaves it now. What the old one still does reaches it no more. */
  crash(options?: WorldOptions): Promise<ProbeWorld>;
  /** What was wrong with frames that the gateway sent: nothing, whatever the test is about. */
  readonly violations: readonly string[];
}

export interface ProbeEvent extends EventOptions {
  readonly tenant?: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface DialOptions {
  readonly device?: TestDevice;
  /** `null`: no token at all. */
  readonly token?: string | null;
  readonly grant?: Partial<Principal>;
}

export interface WorldOptions extends Pick<ProbeDomainOptions, 'handlers' | 'greet'> {
  readonly contract?: Contract;
  readonly limits?: Partial<GatewayLimits>;
  readonly store?: MemoryStore;
  readonly faults?: StoreFaults;
  readonly clock?: ManualClock;
  readonly tokens?: ProbeTokens;
  readonly random?: Random;
}

/** A memory store that begins a batch as soon as it can: nothing but what is ready now is ever waited for. */
export function createProbeStore({
  from,
  faults,
}: {
  from?: MemorySnapshot;
  faults?: StoreFaults | undefined;
}): MemoryStore {
  return createMemoryStore({
    schedule: (callback) => void Promise.resolve().then(callback),
    ...(from === undefined ? {} : { from }),
    ...(faults === undefined ? {} : { faults }),
  });
}

const worlds: ProbeWorld[] = [];
let seed = 0;

/** Ends every world that was made since the last call. @throws {Error} when a gateway sent a frame that is not valid */
export async function endWorlds(): Promise<void> {
  const ended = worlds.splice(0);
  for (const { gateway, clock } of ended) {
    const closed = gateway.close();
    await settle();
    clock.advance(60_000);
    await closed;
  }
  const violations = ended.flatMap((world) => world.violations);
  if (violations.length > 0) throw new Error(`frames that no peer should get:\n${violations.join('\n')}`);
}

export async function createWorld(options: WorldOptions = {}): Promise<ProbeWorld> {
  seed += 1;
  const { contract = probe, faults, clock = createManualClock(), tokens = createProbeTokens() } = options;
  const { random = createSeededRandom(seed), limits = {}, handlers = {}, greet = () => undefined } = options;
  const store = options.store ?? createProbeStore({ faults });
  const logs: LogLine[] = [];
  const telemetry: Telemetry = { log: (level, message, fields = {}) => void logs.push({ level, message, fields }) };
  const { signer, privateKeyPem } = createGatewaySigner();
  const violations: string[] = [];
  const check = createWireCheck(contract);
  const domains: ProbeDomain[] = [];

  const gateway = await startGateway<Contract>(
    // The handlers of the probe contract are the domain's.
    { store, signer, contract, limits, clock, random, crypto: inlineCrypto(), telemetry, handlers: {} as never },
    (services) => {
      const domain = createProbeDomain(services, { tokens, handlers, greet });
      domains.push(domain);
      return domain;
    },
  );
  const [domain] = domains as [ProbeDomain];

  function dial({ device, token, grant }: DialOptions = {}): RawPeer {
    const text = token === null ? undefined : (token ?? tokens.issue(grant));
    let revision = 3;
    const peer: RawPeer = createRawPeer({
      accept: (channel) => gateway.accept(channel, { token: text }),
      contractHash: contract.hashes[3] ?? '',
      ...(device === undefined ? {} : { device }),
      onText(sent) {
        const frame = JSON.parse(sent) as WireFrame;
        if (frame.result?.challenge !== undefined && frame.result.protocol_rev === undefined) revision = 2;
        const problem = check(sent, revision);
        if (problem !== undefined) violations.push(problem);
      },
    });
    return peer;
  }

  const world: ProbeWorld = {
    gateway,
    store,
    clock,
    tokens,
    domain,
    logs,
    privateKeyPem,
    violations,
    dial,
    async connect(connecting = {}) {
      const peer = dial(connecting);
      peer.introduce(connecting);
      await settle();
      if (peer.closeCode === undefined) peer.prove();
      await settle();
      if (!peer.connection.open) throw new Error(`not connected: ${peer.closeCode} ${peer.closeReason}`);
      return peer;
    },
    async ask(peer, type, payload, more) {
      const requestId = peer.ask(type, payload, more);
      await settle();
      const response = peer.responses(requestId).at(-1);
      if (response === undefined) throw new Error(`${type} was not answered`);
      return response;
    },
    async append(...events) {
      for (const { tenant = 'acme', type, payload, ...eventOptions } of events) {
        await gateway.transact(tenant, ({ events: writer }) => anyWriter(writer).append(type, payload, eventOptions));
      }
      await settle();
    },
    async appendNotes(from, to, tenant = 'acme') {
      await gateway.transact(tenant, async ({ events }) => {
        for (let at = from; at <= to; at += 1)
          await anyWriter(events).append('note.written', { id: `n${at}`, text: '' });
      });
      await settle();
    },
    crash(again = {}) {
      return createWorld({
        contract,
        limits,
        handlers,
        greet,
        tokens,
        clock,
        ...again,
        store: createMemoryStore({
          from: store.snapshot(),
          ...(again.faults === undefined ? {} : { faults: again.faults }),
        }),
      });
    },
  };
  worlds.push(world);
  return world;
}
