import type { Clock, Contract, Random, Tyrum } from '@tyrum/contracts';
import type { EventHub, EventWriter } from '../engine/event-writer.ts';
import type { Handlers } from '../engine/handlers.ts';
import type { Peer, PeerDirectory } from '../engine/peer.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { Awaitable, Store, Transaction } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TurnRunner } from '../ports/turn-runner.ts';

/** What the domain gets from the engine and the embedder. */
export interface DomainServices<C extends Contract = Tyrum> {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly events: EventHub<C>;
  readonly peers: PeerDirectory;
  readonly telemetry: Telemetry;
  /** Identity of this run of this gateway process: new at every start. */
  readonly owner: string;
  readonly runner: TurnRunner | undefined;
  /** Runs work in a transaction of one tenant, with its events; `afterCommit` actions run once it holds. */
  transact<Value>(tenant: string, work: (unit: Unit<C>) => Awaitable<Value>): Promise<Value>;
}

/** One transaction of one tenant, as work outside a request sees it. */
export interface Unit<C extends Contract = Tyrum> {
  readonly tx: Transaction;
  readonly events: EventWriter<C>;
  readonly now: number;
  afterCommit(action: () => void): void;
}

/** The control plane's durable state behind the contract. */
export interface Domain {
  readonly handlers: Handlers<Tyrum>;
  readonly authenticator: Authenticator;
  /** Takes up what an earlier run left: turns, dispatches, timers. Called once, before the first peer. */
  start(): Promise<void>;
  /** A handshake completed. Runs before the peer's first request does. */
  peerOpened(peer: Peer): Promise<void>;
  peerClosed(peer: Peer): void;
  /** Stops runners and timers; what runs is left to be taken up again. Resolves when nothing of it acts any more. */
  stop(): Promise<void>;
}
