// For those who use a client.
export { createClient } from './client.ts';
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type MustChange,
} from './client-error.ts';
export type { Ask, Askable, Client, ClientEvent, ConnectOptions } from './client-interface.ts';
export { type ClientLimits, DEFAULT_CLIENT_LIMITS } from './client-limits.ts';
export type { ClientOptions, DeviceDescription, PeerCapability, Token } from './client-options.ts';
export type { ClientState, ClosedState, OpenState, ProvenGateway, StoppedState } from './client-state.ts';
export type { Following } from './events/follow.ts';
export type { SnapshotReason } from './events/received-event.ts';
// For those who bring a runtime, a simulation or a storage of their own.
export { connectDefaultSocket } from './platform/default-socket.ts';
export { createWebCrypto } from './platform/web-crypto.ts';
export { createWebCryptoIdentity, generateIdentity, type KeyPairStore } from './platform/web-crypto-identity.ts';
export type { Awaitable, ClientCrypto } from './ports/crypto.ts';
export { createIdentity, type Identity } from './ports/identity.ts';
export type { Journal, JournalEntry, JournalOutcome } from './ports/journal.ts';
export type { ConnectSocket, Socket, SocketEvents, SocketRequest } from './ports/socket.ts';
export { type ClientStorage, createMemoryStorage } from './ports/storage.ts';
export type { Reply } from './requests/response.ts';
export type { Settled } from './requests/settled.ts';
export type { RequestOptions } from './requests/waiter.ts';
export type { HandlerContext } from './serving/incoming-requests.ts';
export { createMemoryJournal } from './serving/memory-journal.ts';
