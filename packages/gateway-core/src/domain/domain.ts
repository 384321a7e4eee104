import type { Clock, Contract, LocationSample, Node, Random, Role, Scope, Tyrum } from '@tyrum/contracts';
import type { Peer, PeerDirectory } from '../engine/connection/peer.ts';
import type { EventHub, EventWriter } from '../engine/events/event-writer.ts';
import type { Handlers } from '../engine/requests/handlers.ts';
import type { ApprovalOffice, ApprovalPolicy } from '../ports/approvals.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { PolicyOverrideOffice } from '../ports/policy-overrides.ts';
import type { Awaitable, Store, Transaction } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { TurnRunner } from '../ports/turn-runner.ts';
import type { StepPolicy, WorkflowOffice } from '../ports/workflows.ts';
import type { ArtifactShelf } from './artifacts/artifact-shelf.ts';

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
  /** Where the bytes of artifacts go; without one there are none. */
  readonly blobs: BlobStore | undefined;
  /** The largest artifact that is taken, in bytes. */
  readonly mostArtifactBytes: number;
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
  readonly tokens: TokenOffice;
  readonly approvals: ApprovalOffice;
  readonly artifacts: ArtifactShelf;
  readonly policyOverrides: PolicyOverrideOffice;
  readonly workflows: WorkflowOffice;
  /** Takes up what an earlier run left: turns, dispatches, timers. Called once, before the first peer. */
  start(): Promise<void>;
  /** A handshake completed. Runs before the peer's first request does. */
  peerOpened(peer: Peer): Promise<void>;
  peerClosed(peer: Peer): void;
  /** Stops runners and timers; what runs is left to be taken up again. Resolves when nothing of it acts any more. */
  stop(): Promise<void>;
}

/** What the product decides about the domain. */
export interface DomainPolicies {
  /** What becomes of a node that asks to be paired. @default `ask`: a human decides */
  readonly pairing?: (node: Node) => 'ask' | 'approve' | 'deny';
  /** What becomes of a question that is to be approved. @default `ask`: a human decides */
  readonly approval?: ApprovalPolicy;
  /** For whom the step of a workflow is. @default what its action says beside its `type`: `node_id` or `capability`, `deadline_ms` */
  readonly workflowStep?: StepPolicy;
  /** What the product makes of a place that a node tells; the node is answered it as `events`. It may be asked twice for one sample. @default nothing */
  readonly location?: (sample: LocationSample, tenant: string) => readonly unknown[];
}

/** What a new token says its bearer is. */
export interface TokenGrant {
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
  /** Binds it to one device. */
  readonly deviceId?: string;
  /** Unix milliseconds. */
  readonly expiresAt?: number;
}

/** Issues, changes and revokes access tokens. Only their hashes are kept. */
export interface TokenOffice {
  issue(grant: TokenGrant): Promise<{ readonly tokenId: string; readonly token: string }>;
  /** Ends a token at once, on every gateway process within a second. Resolves with whether it was there. */
  revoke(tokenId: string): Promise<boolean>;
  /** Takes scopes away from a token. Resolves with whether it was there. */
  narrow(tokenId: string, scopes: readonly Scope[]): Promise<boolean>;
  /** Makes this text the admin token of a tenant: both roles, every operator scope; another text before it ends. @default tenant `default` */
  ensureAdmin(token: string, tenant?: string): Promise<void>;
  /** Whether a tenant has an admin token. */
  hasAdmin(tenant?: string): Promise<boolean>;
}
