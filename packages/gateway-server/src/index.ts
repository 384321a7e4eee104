// The gateway as a server.

export { createBlobDirectory } from './blob-directory.ts';
export type { Acceptor } from './connect-web-socket.ts';
export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { type DataDirectory, DataDirectoryError, openDataDirectory } from './data-directory.ts';
export { DEFAULT_HTTP_OPTIONS, type HttpOptions, type ServerAddress } from './front.ts';
// Its parts, for those who have an HTTP server already.
export { createHttpApp, type HttpAppOptions, type HttpTarget } from './http-app.ts';
export { createLogger, type LoggerOptions } from './logger.ts';
export { SUBPROTOCOL } from './subprotocol.ts';
export { SESSION_COOKIE, tokenOf } from './token-source.ts';
export {
  createWebSocketEndpoint,
  type EndpointOptions,
  type UpgradeTarget,
  type WebSocketEndpoint,
  type WebSocketOptions,
} from './upgrade.ts';
