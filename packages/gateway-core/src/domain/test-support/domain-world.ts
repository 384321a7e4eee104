import {
  deviceIdFrom,
  type Handled,
  mustFit,
  type Payload,
  type PayloadInput,
  ProtocolError,
  type Random,
  type ResultInput,
  type Role,
  randomUuid,
  type Scope,
  type Trace,
  type Tyrum,
  tyrum,
} from '@tyrum/contracts';
import type { Peer } from '../../engine/connection/peer.ts';
import type { Handler, RequestContext } from '../../engine/requests/handlers.ts';
import type { BlobStore } from '../../ports/blob-store.ts';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import type { StoredEvent } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { TurnRunner } from '../../ports/turn-runner.ts';
import { createMemoryStore, type MemoryStore, type StoreFaults } from '../../store/memory-store.ts';
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts';
import { createDomain, type DomainOptions } from '../create-domain.ts';
import type { Domain, DomainServices } from '../domain.ts';
import { createFakePeer, type FakePeer, type FakePeerOptions } from './fake-peer.ts';
import { createRecordedEvents, type LiveEvent } from './recorded-events.ts';

type Type = Handled<Tyrum> & string;

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A domain on a memory store, with everything around it in the hands of a test. */
export interface DomainWorld {
  readonly domain: Domain;
  readonly services: DomainServices;
  readonly store: MemoryStore;
  readonly clock: ManualClock;
  readonly live: readonly LiveEvent[];
  readonly logs: readonly LogLine[];
  /** Asks as a client of the tenant `acme` that may do everything, or as whoever `as` says. */
  call<T extends Type>(type: T, payload: PayloadInput<Tyrum, T>, as?: Partial<Asker>): Promise<ResultInput<Tyrum, T>>;
  /** The durable events of a tenant, oldest first. */
  events(tenant?: string): Promise<readonly ReadEvent[]>;
  /** Opens a connection, as the engine does after a handshake. */
  open(options?: Partial<FakePeerOptions> & { readonly name?: string }): Promise<FakePeer>;
  /** The connection is lost. */
  lose(peer: FakePeer): void;
  /** Lets everything that is under way come to rest. */
  settle(): Promise<void>;
  /** Lets time pass in steps, and everything come to rest after each. */
  pass(ms: number, step?: number): Promise<void>;
  /** The same disk under a new process. What the old one still does reaches it no more. */
  crash(options?: Partial<WorldOptions>): Promise<DomainWorld>;
}

export interface Asker {
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly scopes: ReadonlySet<Scope>;
  readonly connectionId: string | undefined;
  readonly trace: Trace | undefined;
}

export interface ReadEvent extends Omit<StoredEvent, 'payload'> {
  readonly payload: Record<string, unknown>;
}

export interface WorldOptions extends DomainOptions {
  readonly store?: MemoryStore;
  readonly faults?: StoreFaults;
  readonly clock?: ManualClock;
  readonly random?: Random;
  readonly runner?: TurnRunner;
  readonly blobs?: BlobStore;
  /** Whether the domain is started. @default true */
  readonly start?: boolean;
}

/** Turns of the event loop after which nothing that is under way has failed to come to rest. */
const TURNS = 60;

export async function createDomainWorld(options: WorldOptions = {}): Promise<DomainWorld> {
  const {
    faults,
    runner,
    start = true,
    clock = createManualClock(),
    random = countingRandom(),
    ...domainOptions
  } = options;
  const store = options.store ?? createMemoryStore(faults === undefined ? {} : { faults });
  const logs: LogLine[] = [];
  const telemetry: Telemetry = { log: (level, message, fields) => void logs.push({ level, message, fields }) };
  const events = createRecordedEvents(() => randomUuid(random), clock.now);
  const peers = new Set<FakePeer>();

  const services: DomainServices = {
    store,
    clock,
    random,
    crypto: testCrypto,
    events,
    peers: {
      find: (tenant, deviceId, role) =>
        [...peers].findLast(
          (peer) => peer.tenant === tenant && peer.deviceId === deviceId && (role ?? peer.role) === peer.role,
        ),
      all: () => peers,
      count: (tenant) => [...peers].filter((peer) => peer.tenant === tenant).length,
    },
    telemetry,
    owner: randomUuid(random),
    runner,
    blobs: options.blobs,
    mostArtifactBytes: 1000,
    async transact(tenant, work) {
      let actions: (() => void)[] = [];
      const value = await store.transact((tx) => {
        actions = [];
        const afterCommit = (action: () => void) => void actions.push(action);
        return work({ tx, events: events.in(tx, tenant, afterCommit), now: clock.now(), afterCommit });
      });
      for (const action of actions) action();
      return value;
    },
  };
  const domain = createDomain(services, domainOptions);
  if (start) await domain.start();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await turnOfTheLoop();
  }

  async function call<T extends Type>(
    type: T,
    payload: PayloadInput<Tyrum, T>,
    as: Partial<Asker> = {},
  ): Promise<ResultInput<Tyrum, T>> {
    const {
      tenant = 'acme',
      deviceId = deviceIdOf('operator'),
      role = 'client',
      scopes = new Set<Scope>(),
      connectionId,
      trace,
    } = as;
    const definition = tyrum.definitions.find((one) => one.kind === 'request' && one.type === type);
    if (definition?.kind !== 'request') throw new TypeError(`there is no request ${type}`);
    const checked = mustFit(definition.payload, payload, 'payload') as Payload<Tyrum, T>;
    const handler = domain.handlers[type] as unknown as Handler<Tyrum, T>;
    const result = await services.transact(tenant, (unit) => {
      const context: RequestContext<Tyrum> = {
        ...unit,
        caller: { tenant, deviceId, role, scopes, tokenId: 'tok_caller', connectionId },
        requestId: 'r-1',
        trace,
        random,
      };
      return handler(checked, context);
    });
    return (definition.result === undefined ? result : mustFit(definition.result, result, 'result')) as ResultInput<
      Tyrum,
      T
    >;
  }

  const world: DomainWorld = {
    domain,
    services,
    store,
    clock,
    live: events.live,
    logs,
    call,
    async events(tenant = 'acme') {
      const read = await store.log.read(tenant, 0, 10_000);
      return read.map((event) => ({ ...event, payload: JSON.parse(event.payload) as Record<string, unknown> }));
    },
    async open({ name = 'node', ...peerOptions } = {}) {
      const peer = createFakePeer({ deviceId: deviceIdOf(name), connectionId: randomUuid(random), ...peerOptions });
      peers.add(peer);
      try {
        await domain.peerOpened(peer);
      } catch (error) {
        // The engine ends a connection that could not be opened.
        world.lose(peer);
        throw error;
      }
      await settle();
      return peer;
    },
    lose(peer) {
      peers.delete(peer);
      peer.lose();
      domain.peerClosed(peer as Peer);
    },
    settle,
    async pass(ms, step = ms) {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(step, left));
        await settle();
      }
    },
    async crash(changes = {}) {
      const disk = createMemoryStore({ from: store.snapshot() });
      const { store: _old, faults: _faults, ...rest } = options;
      return createDomainWorld({ ...rest, clock, random, ...changes, store: changes.store ?? disk });
    },
  };
  return world;
}

/** A device id that stands for a name. */
export function deviceIdOf(name: string): string {
  return deviceIdFrom(testCrypto.sha256(name));
}

/** Resolves with the `ProtocolError` that a call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<ProtocolError> {
  try {
    await call;
  } catch (error) {
    if (ProtocolError.is(error)) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const testCrypto = nodeCrypto();

/** Bytes that differ every time and are the same in every run. */
function countingRandom(): Random {
  let count = 0;
  return {
    bytes(length) {
      count += 1;
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 32) {
        bytes.set(testCrypto.sha256(`${count}/${at}`).subarray(0, Math.min(32, length - at)), at);
      }
      return bytes;
    },
  };
}

/** A store whose commits are kept, and reported as failed for as long as the test says so. */
export function forgetfulStore(): { readonly store: MemoryStore; forgetful: boolean } {
  const state: { store: MemoryStore; forgetful: boolean } = {
    store: createMemoryStore({
      faults: {
        afterCommit() {
          if (state.forgetful) throw new Error('the disk did not answer');
        },
      },
    }),
    forgetful: false,
  };
  return state;
}

/** A store whose commits fail for as long as the test says so. */
export function breakableStore(): { readonly store: MemoryStore; broken: boolean } {
  const state: { store: MemoryStore; broken: boolean } = {
    store: createMemoryStore({
      faults: {
        beforeCommit() {
          if (state.broken) throw new Error('the disk is full');
        },
      },
    }),
    broken: false,
  };
  return state;
}

function turnOfTheLoop(): Promise<void> {
  const { setImmediate } = globalThis as unknown as { setImmediate(callback: () => void): void };
  return new Promise((resolve) => setImmediate(resolve));
}
