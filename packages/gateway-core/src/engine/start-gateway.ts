import { type Contract, randomText, randomUuid, systemClock, systemRandom, type Tyrum, tyrum } from '@tyrum/contracts';
import type { Domain, DomainPolicies, DomainServices, Unit } from '../domain/domain.ts';
import { nodeCrypto } from '../ports/node-crypto.ts';
import type { Awaitable } from '../ports/store.ts';
import { silentTelemetry } from '../ports/telemetry.ts';
import { causeText, runAfterCommit } from './after-commit.ts';
import { type AcceptedConnection, acceptConnection, type ConnectionServices } from './connection/connection.ts';
import { createDirectory } from './connection/directory.ts';
import { openSession } from './connection/open-session.ts';
import { createOwnEvents } from './connection/own-events.ts';
import type { Session, SessionServices } from './connection/session.ts';
import { drain, RESTART } from './drain.ts';
import { createCursorCodec } from './events/cursor.ts';
import { EncodedEvent } from './events/encoded-event.ts';
import { createEventHub } from './events/event-hub.ts';
import type { EventHub, GatewayEvents } from './events/event-writer.ts';
import { createTenantLogs } from './events/tenant-logs.ts';
import type { Gateway, GatewayOptions } from './gateway-options.ts';
import { createAgreedExtensions } from './handshake/agreed-extensions.ts';
import { createHandshake, gatewayIdOf } from './handshake/handshake.ts';
import { startHousekeeping } from './housekeeping.ts';
import { announced, DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from './limits.ts';
import { createArtifactDoor } from './requests/artifact-door.ts';
import { createDispatcher } from './requests/dispatcher.ts';
import { createEngineOperations } from './requests/engine-operations.ts';
import type { AnyHandler } from './requests/handlers.ts';
import { createLedgerRunner } from './requests/ledger.ts';
import { callOnce } from './requests/one-shot-call.ts';
import { createBucket, createBuckets } from './rights/rate-limit.ts';
import { createSecurityEvents, SECURITY_EVENT_RATE } from './rights/security-events.ts';
import { createTokenWatch } from './rights/token-watch.ts';
import { cursorSecret, probeStore } from './system-records.ts';

/** Devices whose request rate is remembered at a time. */
const MOST_BUCKETS = 10_000;

/** A gateway as this package holds it: with what it keeps in memory for its connections, counted. */
export interface StartedGateway<C extends Contract> extends Gateway<C> {
  held(): HeldCounts;
}

export interface HeldCounts {
  readonly connections: number;
  readonly peers: number;
  readonly watchedTokens: number;
  readonly tenantLogs: number;
}

/**
 * Starts the engine over a store and a domain: the protocol knows no noun of what its handlers keep.
 *
 * @throws {StoreUnavailableError} when the store cannot be used.
 * @throws {TypeError} when the contract has no hash for a revision that it serves, or the key is not Ed25519.
 */
export async function startGateway<C extends Contract = Tyrum>(
  options: GatewayOptions<C>,
  createDomain: (services: DomainServices, policies: DomainPolicies | undefined) => Domain,
): Promise<StartedGateway<C>> {
  const { store, signer } = options;
  const contract: Contract = options.contract ?? tyrum;
  const {
    clock = systemClock(),
    random = systemRandom(),
    crypto = nodeCrypto(),
    telemetry = silentTelemetry,
  } = options;
  const limits: GatewayLimits = { ...DEFAULT_GATEWAY_LIMITS, ...options.limits };
  const owner = randomUuid(random);
  const newEpoch = () => randomText(random, 12);
  const gatewayId = gatewayIdOf(crypto, signer);
  requireHashes(contract);

  const codec = createCursorCodec(crypto, await cursorSecret(store, random));
  await store.transact((tx) => tx.ledger.abandon(owner));

  const directory = createDirectory<Session>();
  const tenantLogs = createTenantLogs({
    store,
    contract,
    codec,
    newEpoch,
    onAppend(tenant) {
      for (const session of directory.ofTenant(tenant)) session.pump();
    },
  });
  const events: EventHub = createEventHub({
    contract,
    random,
    now: clock.now,
    maxFrameBytes: limits.max_frame_bytes,
    sendLive(tenant, event) {
      const encoded = new EncodedEvent(contract, event);
      for (const session of directory.ofTenant(tenant)) session.sendLive(encoded);
    },
  });

  async function transact<Value>(tenant: string, work: (unit: Unit<Contract>) => Awaitable<Value>): Promise<Value> {
    let actions: (() => void)[] = [];
    const value = await store.transact((tx) => {
      actions = [];
      const afterCommit = (action: () => void) => void actions.push(action);
      return work({ tx, events: events.in(tx, tenant, afterCommit), now: clock.now(), afterCommit });
    });
    runAfterCommit(actions, telemetry);
    return value;
  }

  const domain = createDomain(
    {
      store,
      clock,
      random,
      crypto,
      events: events as EventHub<never>,
      peers: directory,
      telemetry,
      owner,
      runner: options.runner,
      blobs: options.blobs,
      mostArtifactBytes: limits.max_artifact_bytes,
      transact: transact as never,
    },
    options.policies,
  );
  const authenticator = options.authenticator ?? domain.authenticator;
  const tokenWatch = createTokenWatch({ clock, authenticator });
  const ledger = createLedgerRunner({ store, crypto, owner, now: clock.now, telemetry });
  const handlers = new Map(Object.entries({ ...domain.handlers, ...options.handlers })) as ReadonlyMap<
    string,
    AnyHandler
  >;
  const security = createSecurityEvents({
    contract,
    telemetry,
    makeBucket: () => createBucket({ ...SECURITY_EVENT_RATE, elapsed: clock.elapsed }),
    transact: transact as never,
  });
  const dispatcher = createDispatcher({
    contract,
    handlers,
    store,
    ledger,
    events,
    clock,
    random,
    telemetry,
    newEpoch,
    security,
  });
  const session: SessionServices = {
    contract,
    clock,
    random,
    telemetry,
    limits,
    log: store.log,
    codec,
    own: createOwnEvents({ clock, random }),
    extensionsOf: createAgreedExtensions(contract),
    dispatcher,
    engineOperation: createEngineOperations({ store, codec, ledger }),
  };
  const rate = { perSecond: limits.requests_per_second, burst: limits.request_burst, elapsed: clock.elapsed };
  const bucketOf = createBuckets(() => createBucket(rate), MOST_BUCKETS);
  const openServices = { session, store, codec, newEpoch, tenantLogs, directory, tokenWatch, domain, bucketOf };
  const handshake = createHandshake({
    contract,
    crypto,
    signer,
    random,
    limits: announced(limits),
    durability: store.durability,
  });
  const connections = new Set<AcceptedConnection>();
  try {
    await domain.start();
  } catch (error) {
    tokenWatch.stop();
    tenantLogs.stop();
    throw error;
  }
  const stopHousekeeping = startHousekeeping({
    store,
    clock,
    telemetry,
    ledgerWindowMs: limits.ledger_window_ms,
    logWindowMs: limits.log_window_ms,
    maxLogEvents: limits.max_log_events,
    newEpoch,
  });

  let drained: Promise<void> | undefined;
  let closed: Promise<void> | undefined;

  /** A connection is over. The domain hears of it when it was told of its beginning. */
  function ended(connection: AcceptedConnection, peer: Session | undefined): void {
    connections.delete(connection);
    if (peer === undefined) return;
    tokenWatch.unwatch(peer);
    if (!directory.remove(peer)) return;
    try {
      domain.peerClosed(peer);
    } catch (cause) {
      telemetry.log('error', 'a peer could not be taken leave of', { cause: causeText(cause) });
    }
  }

  async function close(): Promise<void> {
    await gateway.drain();
    stopHousekeeping();
    await domain.stop();
    await security.settled();
    tokenWatch.stop();
    tenantLogs.stop();
  }

  const connectionServices: ConnectionServices = {
    clock,
    telemetry,
    authenticator,
    handshake,
    security,
    open: (opening) => openSession(openServices, opening),
    began: (connection) => void connections.add(connection),
    ended,
  };
  const gateway: StartedGateway<C> = {
    gatewayId,
    contract: contract as C,
    limits,
    get draining() {
      return drained !== undefined;
    },
    accept(channel, upgrade) {
      const connection = acceptConnection(connectionServices, channel, upgrade);
      if (drained !== undefined) connection.shutDown(...RESTART);
      return connection;
    },
    call: (request) =>
      callOnce(
        {
          contract,
          authenticator,
          dispatcher,
          bucketOf,
          engineOperation: session.engineOperation,
          telemetry,
          random,
          security,
        },
        request,
      ),
    events: {
      in: events.in,
      emit: events.emit,
      append: (tenant, type, payload, eventOptions) =>
        transact(tenant, (unit) => unit.events.append(type as never, payload as never, eventOptions)),
    } as GatewayEvents<C>,
    peers: directory,
    tokens: domain.tokens,
    approvals: domain.approvals,
    artifacts: createArtifactDoor({
      contract,
      authenticator,
      shelf: domain.artifacts,
      bucketOf,
      draining: () => drained !== undefined,
      security,
    }),
    policyOverrides: domain.policyOverrides,
    workflows: domain.workflows,
    transact: transact as Gateway<C>['transact'],
    checkReady: () => probeStore(store, clock.now()),
    held: () => ({
      connections: connections.size,
      peers: directory.size,
      watchedTokens: tokenWatch.size,
      tenantLogs: tenantLogs.size,
    }),
    drain() {
      drained ??= drain({ dispatcher, connections, peers: directory, clock, random, patienceMs: limits.drain_ms });
      return drained;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
  return gateway;
}

/** @throws {TypeError} for a revision of the contract, or of an extension, whose hash nobody could agree on. */
function requireHashes({ name, served, hashes, extensions }: Contract): void {
  for (const part of [{ id: name, hashes }, ...extensions]) {
    const lacking = served.find((revision) => part.hashes[revision] === undefined);
    if (lacking !== undefined)
      throw new TypeError(`contract ${part.id} has no hash for revision ${lacking}; lock it first`);
  }
}
