// For those who define or read a contract.

export { type Cast, defineCast, type EventCast, type EventWords, type RequestCast } from './define/cast.ts';
export {
  type Contract,
  type ContractOptions,
  defineContract,
  type ExtensionEntry,
  type ExtensionOptions,
  type Modules,
} from './define/contract.ts';
export { ContractError } from './define/contract-check.ts';
export type {
  DefinitionOf,
  EventOf,
  EventPayload,
  EventPayloadInput,
  EventType,
  Handled,
  HandledByPeer,
  HandledByProduct,
  Payload,
  PayloadInput,
  RequestOf,
  Result,
  ResultInput,
  ToGateway,
  ToPeer,
} from './define/contract-types.ts';
export {
  type Definition,
  defineEvent,
  defineRequest,
  type EventDefinition,
  type RequestDefinition,
  type Schema,
} from './define/operation.ts';
export { type Misfit, mustFit, type Reading, readAs } from './define/read-as.ts';
export type { RequestView, RevisionView } from './define/revision-view.ts';
export { fieldExistsAt, fieldLife, type Reader, schemaAt } from './define/schema-at.ts';
export { type EventView, existsAt } from './define/shapes.ts';
export type {
  Spoken,
  SpokenEvent,
  SpokenEventDefinition,
  SpokenRequest,
  SpokenRequestDefinition,
  SpokenView,
} from './define/spoken.ts';
// For those who build a gateway or a peer.
export { type Decoded, type DecodeOptions, decodeFrame, type Issue } from './frames/decode.ts';
export type {
  ErrorFrameBody,
  ErrorResponseFrame,
  EventFrame,
  OkResponseFrame,
  RequestFrame,
  ResponseFrame,
  Trace,
} from './frames/frame.ts';
export { describeIssue } from './frames/issues.ts';
export { type Agreement, agree, type Offer, type Served } from './handshake/agreement.ts';
export { deviceIdFrom, gatewayIdFrom, publicKeyDer, publicKeyText } from './handshake/identity.ts';
export { gatewayTranscript, type MutualFacts, peerTranscript, transcriptAt2 } from './handshake/transcript.ts';
export { connectInit, connectProof } from './operations/connect.ts';
export { ProtocolError, type ProtocolErrorOptions } from './protocol-error.ts';
export { fromBase64Url, toBase64Url } from './runtime/base64url.ts';
export { canonicalJson } from './runtime/canonical-json.ts';
export { type Clock, systemClock } from './runtime/clock.ts';
export { orderedUuid, type Random, randomFraction, randomText, randomUuid, systemRandom } from './runtime/random.ts';
export { exceedsUtf8, utf8Length } from './runtime/utf8.ts';
// The nouns.
export { Approval, ApprovalStatus, PolicyOverride } from './schemas/approval.ts';
export { Artifact, ArtifactFacts } from './schemas/artifact.ts';
export { Capability, CapabilityState } from './schemas/capability.ts';
export { Device, GatewayIdentity, RECOVERY_REASONS, Recovery, type RecoveryReason } from './schemas/connection.ts';
export { Conversation, ConversationSummary, QueueMode } from './schemas/conversation.ts';
export { ErrorBody } from './schemas/error-body.ts';
export { EventScope } from './schemas/event-scope.ts';
export { LocationSample } from './schemas/location.ts';
export { Part, UIMessage } from './schemas/message.ts';
export { Node, Pairing, PairingStatus } from './schemas/pairing.ts';
export { Presence } from './schemas/presence.ts';
export { Review } from './schemas/review.ts';
export { Action, Task, TaskStatus } from './schemas/task.ts';
export { Turn, TurnItem, TurnStatus } from './schemas/turn.ts';
export { WorkflowRun } from './schemas/workflow.ts';
// The vocabulary and the tables.
export { ARTIFACT_UPLOAD } from './tables/artifact-upload.ts';
export {
  afterClose,
  CLOSE_CODES,
  type CloseName,
  closeName,
  cutCloseReason,
  MAX_CLOSE_REASON_BYTES,
  type Reconnect,
} from './tables/close-codes.ts';
export { ERROR_CODES, ERRORS, type ErrorCode, isErrorCode, isRetryable } from './tables/errors.ts';
export { SCOPE_ID_FIELD } from './tables/event-scopes.ts';
export {
  DEFAULT_LIMITS,
  HANDSHAKE_LIMITS,
  type Limits,
  MAX_CURSOR_LENGTH,
  MAX_JSON_DEPTH,
  MAX_KEY_LENGTH,
  MISSED_HEARTBEATS,
} from './tables/limits.ts';
export { type Revision, revisions } from './tables/revisions.ts';
export {
  EFFECT_CLASSES,
  type EffectClass,
  EVENT_KEEPING,
  type EventKeeping,
  type RequestDirection,
  ROLES,
  type Role,
  SCOPES,
  SCOPES_OF_ROLE,
  type Scope,
} from './tables/vocabulary.ts';
export { type Tyrum, tyrum } from './tyrum.ts';
export { type FromZod3, fromZod3, type Zod3Schema } from './zod3/from-zod3.ts';
