import type { Capability, Clock, Contract, Device, Random, Role, Spoken, Tyrum } from '@tyrum/contracts';
import { systemClock, systemRandom } from '@tyrum/contracts/spoken';
import { ClientError } from './client-error.ts';
import { type ClientLimits, DEFAULT_CLIENT_LIMITS } from './client-limits.ts';
import { BARE_REVISION } from './connection/offer.ts';
import type { Parts } from './parts.ts';
import { connectDefaultSocket } from './platform/default-socket.ts';
import { createWebCrypto } from './platform/web-crypto.ts';
import type { Awaitable, ClientCrypto } from './ports/crypto.ts';
import type { Identity } from './ports/identity.ts';
import type { Journal } from './ports/journal.ts';
import type { ConnectSocket } from './ports/socket.ts';
import { type ClientStorage, createMemoryStorage } from './ports/storage.ts';
import type { Settled } from './requests/settled.ts';

/** What the device tells people about itself. The identity is not among it. */
export type DeviceDescription = Omit<Device, 'device_id' | 'pubkey'>;

/** What a node says it can do; version `1.0.0` where none is given. */
export type PeerCapability = Pick<Capability, 'id'> & Partial<Pick<Capability, 'version'>>;

/** The access token, or where to get one each time it is needed. */
export type Token = string | ((reason: { readonly refused: boolean }) => Awaitable<string>);

export interface ClientOptions<C extends Contract = Tyrum> {
  /** `ws:` or `wss:`, with the gateway's path. Never with a token in it. */
  readonly url: string | URL;
  readonly identity: Identity;
  /** A function is asked before every connection, and with `refused: true` once after the gateway refused its last answer. */
  readonly token: Token;
  /** @default the contract that this project ships */
  readonly contract?: C;
  /** @default 'client' */
  readonly role?: Role;
  readonly capabilities?: readonly PeerCapability[];
  readonly device?: DeviceDescription;
  /** What outlives the process: the place in the events, the trusted gateway, unsettled requests. @default none of it does */
  readonly storage?: ClientStorage;
  /** Where a new process without a stored cursor begins: with what happens from now on, or where this device last acknowledged. @default 'now' */
  readonly resume?: 'now' | 'acked';
  /** The revisions to offer. @default all that the contract serves */
  readonly revisions?: readonly number[];
  /** The only gateway to talk to. @default the first one met, from then on */
  readonly gatewayPin?: string;
  /** A node's memory of what it did. @default one that lasts as long as the process */
  readonly journal?: Journal;
  /** Time limit of requests that bring none of their own. @default none */
  readonly timeoutMs?: number;
  readonly limits?: Partial<ClientLimits>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly crypto?: ClientCrypto;
  readonly connectSocket?: ConnectSocket;
  /**
   * Hears of everything that has no caller to reject to: a handler that threw, an event that cannot be read, a storage that
   * cannot be written. `where` names the place for people. @default `console.error`
   */
  readonly onError?: (error: unknown, where: string) => void;
  /** A gateway is trusted because it is the first one: show its id to somebody who can compare it. */
  readonly onGatewayTrusted?: (gatewayId: string) => void;
  /** A node's pairing was approved and the gateway gave it a token of its own, which is used, and stored, from now on. */
  readonly onToken?: (token: string) => void;
  /** A request from before a restart of the process has settled, and nobody in this process waits for it. */
  readonly onSettled?: (settled: Settled) => void;
}

/** Options of a client, the parts of it, and the contract among them. */
export type SpokenOptions = Omit<ClientOptions, 'contract'> & Parts;

/** Options with every default in place. */
export interface ResolvedOptions extends Parts {
  readonly url: string;
  readonly identity: Identity;
  readonly token: Token;
  readonly role: Role;
  readonly capabilities: readonly PeerCapability[];
  readonly device: DeviceDescription;
  readonly storage: ClientStorage;
  readonly keepsRequests: boolean;
  readonly resume: 'now' | 'acked';
  readonly revisions: readonly number[];
  readonly gatewayPin: string | undefined;
  readonly journal: Journal | undefined;
  readonly timeoutMs: number | undefined;
  readonly limits: ClientLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: ClientCrypto;
  readonly connectSocket: ConnectSocket;
  readonly onError: (error: unknown, where: string) => void;
  readonly onGatewayTrusted: (gatewayId: string) => void;
  readonly onToken: (token: string) => void;
  readonly onSettled: (settled: Settled) => void;
}

/** Fills in the defaults. @throws {ClientError} `bad_configuration` that names the option. */
export function resolveOptions(options: SpokenOptions): ResolvedOptions {
  const { contract } = options;
  const revisions = [...(options.revisions ?? contract.served)].sort((one, other) => one - other);
  checkUrl(String(options.url));
  checkContract(contract, revisions);
  if (options.gatewayPin !== undefined && revisions.every((revision) => revision <= BARE_REVISION)) {
    throw misconfigured(
      'gatewayPin: a gateway proves who it is from revision 3 on, and revisions offers none of those',
    );
  }
  const onError = reportTo(options.onError ?? logError);
  return {
    url: String(options.url),
    identity: options.identity,
    token: options.token,
    contract,
    decode: options.decode,
    serve: options.serve,
    role: options.role ?? 'client',
    capabilities: options.capabilities ?? [],
    device: options.device ?? {},
    storage: options.storage ?? createMemoryStorage(),
    keepsRequests: options.storage !== undefined,
    resume: options.resume ?? 'now',
    revisions,
    gatewayPin: options.gatewayPin,
    journal: options.journal,
    timeoutMs: options.timeoutMs,
    limits: { ...DEFAULT_CLIENT_LIMITS, ...options.limits },
    // A process that waits to reconnect has no socket; the timer alone keeps it from ending.
    clock: options.clock ?? systemClock({ keepAlive: true }),
    random: options.random ?? systemRandom(),
    crypto: options.crypto ?? createWebCrypto(),
    connectSocket: options.connectSocket ?? connectDefaultSocket,
    onError,
    onGatewayTrusted: guarded(options.onGatewayTrusted, onError, 'onGatewayTrusted'),
    onToken: guarded(options.onToken, onError, 'onToken'),
    onSettled: guarded(options.onSettled, onError, 'onSettled'),
  };
}

function logError(error: unknown, where: string): void {
  console.error(`tyrum client, ${where}:`, error);
}

/** An error report that itself fails is logged, and breaks nothing. */
function reportTo(onError: ResolvedOptions['onError']): ResolvedOptions['onError'] {
  return (error, where) => {
    try {
      onError(error, where);
    } catch (failure) {
      logError(failure, 'onError');
    }
  };
}

/** The application's own function, which must not break what calls it. */
function guarded<Argument>(
  callback: ((argument: Argument) => void) | undefined,
  onError: ResolvedOptions['onError'],
  where: string,
): (argument: Argument) => void {
  return (argument) => {
    try {
      callback?.(argument);
    } catch (error) {
      onError(error, where);
    }
  };
}

function checkUrl(url: string): void {
  if (!/^wss?:\/\//i.test(url)) throw misconfigured(`url: expected ws: or wss:, not ${url.split(':')[0] ?? ''}:`);
}

function checkContract(contract: Spoken, revisions: readonly number[]): void {
  const highest = revisions.at(-1);
  if (highest === undefined) throw misconfigured('revisions: expected one at least');
  for (const revision of revisions) {
    if (!contract.served.includes(revision)) {
      throw misconfigured(`revisions: contract ${contract.name} does not serve revision ${revision}`);
    }
    if (revision > BARE_REVISION && contract.hashes[revision] === undefined) {
      throw misconfigured(
        `contract: ${contract.name} has no hash for revision ${revision}; take one from its artefact, or offer revisions without it`,
      );
    }
    for (const type of ['connect.init', 'connect.proof', 'ping']) {
      if (!contract.at(revision).requests.has(type))
        throw misconfigured(`contract: ${contract.name} lacks ${type} at revision ${revision}`);
    }
  }
  if (highest <= BARE_REVISION) return;
  for (const { id, hashes } of contract.extensions) {
    if (hashes[highest] === undefined)
      throw misconfigured(
        `contract: extension ${id} has no hash for revision ${highest}, so no gateway could agree to it`,
      );
  }
}

function misconfigured(message: string): ClientError {
  return new ClientError('bad_configuration', message, { mustChange: 'client' });
}
