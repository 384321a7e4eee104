// The gateway, and what its embedder brings and gets.

export { agentIdOf } from './domain/agent-id.ts';
export type { DomainPolicies, TokenGrant, TokenOffice, Unit } from './domain/domain.ts';
export { type EchoRunnerOptions, echoRunner } from './domain/echo-runner.ts';
export type { Peer, PeerDirectory, PeerRequestOptions } from './engine/connection/peer.ts';
export type { EventHub, EventOptions, EventWriter, GatewayEvents } from './engine/events/event-writer.ts';
export { createGateway } from './engine/gateway.ts';
export type { ExtraHandlers, Gateway, GatewayOptions } from './engine/gateway-options.ts';
export { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from './engine/limits.ts';
export type { Caller, Handler, Handlers, RequestContext } from './engine/requests/handlers.ts';
export type { OneShotRequest, OneShotResponse } from './engine/requests/one-shot-call.ts';

// The ports.
export type {
  ApprovalDecision,
  ApprovalOffice,
  ApprovalOpinion,
  ApprovalPage,
  ApprovalPolicy,
  ApprovalQuery,
  ApprovalQuestion,
  ApprovalRuling,
  NewApproval,
} from './ports/approvals.ts';
export {
  type ArtifactDoor,
  ArtifactTooLargeError,
  type ArtifactUpload,
  type KeptArtifact,
  type OpenArtifact,
} from './ports/artifacts.ts';
export type { Authenticator, Principal } from './ports/authenticator.ts';
export type { BlobStore, ByteRange, WrittenBlob } from './ports/blob-store.ts';
export type { Channel, Connection, Upgrade } from './ports/channel.ts';
export type { Crypto, Signer } from './ports/crypto.ts';
export { generateGatewayKey, nodeCrypto, nodeSigner } from './ports/node-crypto.ts';
export type {
  NewPolicyOverride,
  PolicyOverrideOffice,
  PolicyOverridePage,
  PolicyOverrideQuery,
} from './ports/policy-overrides.ts';
export type {
  Awaitable,
  Collection,
  Cursors,
  DocumentPage,
  DocumentQuery,
  Documents,
  Durability,
  Ledger,
  LedgerEntry,
  LedgerKey,
  LogReader,
  LogScope,
  LogState,
  LogWriter,
  NewEvent,
  Store,
  Stored,
  StoredCursor,
  StoredEvent,
  Transaction,
} from './ports/store.ts';
export { StoreUnavailableError, VersionConflictError } from './ports/store.ts';
export { type LogLevel, silentTelemetry, type Telemetry } from './ports/telemetry.ts';
export type { TaskRequest, TurnContext, TurnRunner } from './ports/turn-runner.ts';
export type { StepPolicy, StepTarget, WorkflowOffice } from './ports/workflows.ts';
export { type AppendFeed, createAppendFeed } from './store/append-feed.ts';
export {
  decodeText,
  type EntryRange,
  encodeParts,
  encodeText,
  entryKey,
  entryKeys,
  entryRange,
  sortableNumber,
} from './store/document-index.ts';
export { documentText, nextVersion } from './store/document-write.ts';
export {
  type CommitEngine,
  createGroupCommit,
  type GroupCommit,
  type GroupCommitOptions,
  RunAgain,
  type Schedule,
} from './store/group-commit.ts';
export {
  createMemoryStore,
  type MemorySnapshot,
  type MemoryStore,
  type MemoryStoreOptions,
  type StoreFaults,
} from './store/memory-store.ts';
export { storedEvent } from './store/stored-event.ts';
