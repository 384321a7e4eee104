import {
  CLOSE_CODES, type Contract, type Random, randomFraction, randomText, randomUuid, fromBase64Url, systemClock, systemRandom, type Tyrum, tyrum,
} from '@tyrum/contracts';
import { createDomain } from '../domain/create-domain.ts';
import type { Unit } from '../domain/domain.ts';
import { nodeCrypto } from '../ports/node-crypto.ts';
import type { Awaitable, Collection, Store } from '../ports/store.ts';
import { silentTelemetry } from '../ports/telemetry.ts';
import { type AcceptedConnection, acceptConnection } from './connection.ts';
import { createCursorCodec } from './cursor.ts';
import { createDirectory } from './directory.ts';
import { createDispatcher } from './dispatcher.ts';
import { createEngineOperations } from './engine-operations.ts';
import { createEventHub } from './event-hub.ts';
import type { EventHub } from './event-writer.ts';
import type { Gateway, GatewayOptions } from './gateway-options.ts';
import type { AnyHandler } from './handlers.ts';
import { createHandshake, gatewayIdOf } from './handshake.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createLedgerRunner } from './ledger.ts';
import { announced, DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from './limits.ts';
import { openSession } from './open-session.ts';
import { createBucket, createBuckets } from './rate-limit.ts';
import type { Session, SessionServices } from './session.ts';
import { createTenantLogs } from './tenant-logs.ts';
import { createTokenWatch } from './token-watch.ts';

/** Devices whose request rate is remembered at a time. */
const MOST_BUCKETS = 10_000;
/** Peers of a stopping gateway come back spread over this time. */
const RECONNECT_SPREAD_MS = 2000;

/**
 * Starts a gateway on a store: takes up what an earlier run left, then accepts channels.
 *
 * @throws {StoreUnavailableError} when the store cannot be used.
 * @throws {TypeError} when the contract has no hash for a revision that it serves, or the key is not Ed25519.
 */
export async function createGateway<C extends Contract = Tyrum>(options: GatewayOptions<C>): Promise<Gateway<C>> {
  const { store, signer } = options;
  const contract: Contract = options.contract ?? tyrum;
  const { clock = systemClock(), random = systemRandom(), crypto = nodeCrypto(), telemetry = silentTelemetry } = options;
  const limits: GatewayLimits = { ...DEFAULT_GATEWAY_LIMITS, ...options.limits };
  const owner = randomUuid(random);
  const newEpoch = () => randomText(random, 12);
  const gatewayId = gatewayIdOf(crypto, signer);
  const lacking = contract.served.find((revision) => contract.hashes[revision] === undefined);
  if (lacking !== undefined) throw new TypeError(`contract ${contract.name} has no hash for revision ${lacking}; lock it first`);

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
    sendLive(tenant, event) {
      for (const session of directory.ofTenant(tenant)) session.sendLive(event);
    },
  });

  async function transact<Value>(tenant: string, work: (unit: Unit<Contract>) => Awaitable<Value>): Promise<Value> {
    let actions: (() => void)[] = [];
    const value = await store.transact((tx) => {
      actions = [];
      const afterCommit = (action: () => void) => void actions.push(action);
      return work({ tx, events: events.in(tx, tenant, afterCommit), now: clock.now(), afterCommit });
    });
    for (const action of actions) action();
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
      transact: transact as never,
    },
    options.policies,
  );
  const authenticator = options.authenticator ?? domain.authenticator;
  const tokenWatch = createTokenWatch({ clock, authenticator });
  const ledger = createLedgerRunner({ store, crypto, owner, now: clock.now });
  const handlers = new Map(Object.entries({ ...domain.handlers, ...options.handlers })) as ReadonlyMap<string, AnyHandler>;
  const dispatcher = createDispatcher({ contract, handlers, store, ledger, events, clock, random, telemetry, newEpoch });
  const session: SessionServices = {
    contract,
    clock,
    random,
    telemetry,
    limits,
    log: store.log,
    codec,
    dispatcher,
    engineOperation: createEngineOperations({ store, codec, ledger }),
  };
  const bucketOf = createBuckets(
    () => createBucket({ perSecond: limits.requests_per_second, burst: limits.request_burst, elapsed: clock.elapsed }),
    MOST_BUCKETS,
  );
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
  const stopHousekeeping = startHousekeeping({
    store,
    clock,
    telemetry,
    ledgerWindowMs: limits.ledger_window_ms,
    logWindowMs: limits.log_window_ms,
  });
  await domain.start();

  let drained: Promise<void> | undefined;
  let closed: Promise<void> | undefined;

  async function drain(): Promise<void> {
    dispatcher.drain();
    for (const peer of directory.all()) {
      peer.announceDraining(Math.floor(randomFraction(random) * RECONNECT_SPREAD_MS));
    }
    let stopTimer = () => {};
    const patience = new Promise<void>((resolve) => {
      stopTimer = clock.after(limits.drain_ms, resolve);
    });
    await Promise.race([dispatcher.idle(), patience]);
    stopTimer();
    for (const connection of [...connections]) connection.shutDown(CLOSE_CODES.restart.code, 'the gateway restarts');
  }

  async function close(): Promise<void> {
    await gateway.drain();
    stopHousekeeping();
    await domain.stop();
    tokenWatch.stop();
    tenantLogs.stop();
  }

  const gateway: Gateway<C> = {
    gatewayId,
    contract: contract as C,
    limits,
    get draining() {
      return drained !== undefined;
    },
    accept(channel, upgrade) {
      const connection = acceptConnection(
        {
          clock,
          telemetry,
          authenticator,
          handshake,
          open: (opening) => openSession(openServices, opening),
          ended(ended, peer) {
            connections.delete(ended);
            if (peer === undefined) return;
            directory.remove(peer);
            tokenWatch.unwatch(peer);
            domain.peerClosed(peer);
          },
        },
        channel,
        upgrade,
      );
      connections.add(connection);
      if (drained !== undefined) connection.shutDown(CLOSE_CODES.restart.code, 'the gateway restarts');
      return connection;
    },
    events: events as EventHub<C>,
    peers: directory,
    tokens: domain.tokens,
    transact: transact as Gateway<C>['transact'],
    checkReady: () => store.transact(async (tx) => void (await tx.documents.put(SYSTEM, PROBE, 'ready', { at: clock.now() }))),
    drain() {
      drained ??= drain();
      return drained;
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
  return gateway;
}

/** The tenant of what belongs to the gateway itself. */
const SYSTEM = '';
const PROBE: Collection<{ readonly at: number }> = { name: 'gateway_probe', indexes: {} };
const SECRET: Collection<{ readonly secret: string }> = { name: 'gateway_secret', indexes: {} };

/** What authenticates cursors: made once for a store, shared by all its gateway processes. */
async function cursorSecret(store: Store, random: Random): Promise<Uint8Array> {
  const secret = await store.transact(async (tx) => {
    const kept = await tx.documents.get(SYSTEM, SECRET, 'cursor');
    if (kept !== undefined) return kept.value.secret;
    const made = randomText(random, 32);
    await tx.documents.put(SYSTEM, SECRET, 'cursor', { secret: made }, 0);
    return made;
  });
  return fromBase64Url(secret) as Uint8Array;
}
