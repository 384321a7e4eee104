import type { Clock, Contract, Random, Tyrum } from '@tyrum/contracts';
import type { DomainPolicies, TokenOffice, Unit } from '../domain/domain.ts';
import type { ApprovalOffice } from '../ports/approvals.ts';
import type { ArtifactDoor } from '../ports/artifacts.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Channel, Connection, Upgrade } from '../ports/channel.ts';
import type { Crypto, Signer } from '../ports/crypto.ts';
import type { PolicyOverrideOffice } from '../ports/policy-overrides.ts';
import type { Awaitable, Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TurnRunner } from '../ports/turn-runner.ts';
import type { WorkflowOffice } from '../ports/workflows.ts';
import type { PeerDirectory } from './connection/peer.ts';
import type { GatewayEvents } from './events/event-writer.ts';
import type { GatewayLimits } from './limits.ts';
import type { Handlers } from './requests/handlers.ts';
import type { OneShotRequest, OneShotResponse } from './requests/one-shot-call.ts';

/** A running gateway: give it channels, and it speaks the protocol on them. */
export interface Gateway<C extends Contract = Tyrum> {
  /** What peers pin: derived from the gateway's key. */
  readonly gatewayId: string;
  readonly contract: C;
  readonly limits: GatewayLimits;
  readonly draining: boolean;
  /** Takes over a socket that has just been upgraded. Never throws. */
  accept(channel: Channel, upgrade: Upgrade): Connection;
  /**
   * Answers one request that comes without a connection, over HTTP for instance, with the rights and the guarantees of one that has
   * a connection. It never rejects.
   */
  call(request: OneShotRequest): Promise<OneShotResponse>;
  /** Says events from the embedder's own code: `append` for durable ones, `emit` for live ones. */
  readonly events: GatewayEvents<C>;
  /** The open peers of this process. */
  readonly peers: PeerDirectory;
  /** Issues and revokes access tokens. */
  readonly tokens: TokenOffice;
  /** Opens and answers approvals from the embedder's own code. */
  readonly approvals: ApprovalOffice;
  /** Takes in and gives out the bytes of artifacts, for a transport that can carry them. */
  readonly artifacts: ArtifactDoor;
  /** Gives and takes back standing answers to approvals. */
  readonly policyOverrides: PolicyOverrideOffice;
  /** Tells what a paused workflow run waits for. */
  readonly workflows: WorkflowOffice;
  /** Runs work in a transaction of one tenant, together with the events that it causes. */
  transact<Value>(tenant: string, work: (unit: Unit<C>) => Awaitable<Value>): Promise<Value>;
  /** Resolves when the store commits. @throws {StoreUnavailableError} when it does not. */
  checkReady(): Promise<void>;
  /** Tells every peer, refuses new work, lets what runs finish (`drain_ms` at the most), then closes with 1012. */
  drain(): Promise<void>;
  /** Drains, then stops everything. The store stays open: it is the embedder's. */
  close(): Promise<void>;
}

/** The handlers that an extended contract needs beyond those that this library brings. */
export type ExtraHandlers<C extends Contract> = Omit<Handlers<C>, keyof Handlers<Tyrum>>;

export interface GatewayOptions<C extends Contract = Tyrum> {
  readonly store: Store;
  /** The gateway's identity; processes behind one address share it. */
  readonly signer: Signer;
  /** @default `tyrum` */
  readonly contract?: C;
  /** Handlers of an extended contract, and replacements of those that this library brings. */
  readonly handlers?: ExtraHandlers<C> & Partial<Handlers<Tyrum>>;
  /** What answers conversations. Without one every turn fails with `unavailable`. */
  readonly runner?: TurnRunner;
  /** Where the bytes of artifacts are kept. Without one there are no artifacts. */
  readonly blobs?: BlobStore;
  /** What the product decides and the gateway does not. @default ask a human */
  readonly policies?: DomainPolicies;
  /** Judges access tokens. @default the tokens in the store */
  readonly authenticator?: Authenticator;
  readonly limits?: Partial<GatewayLimits>;
  readonly crypto?: Crypto;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly telemetry?: Telemetry;
}
