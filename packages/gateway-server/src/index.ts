// The gateway as a server.

export { createBlobDirectory } from './blob-directory.ts';
export { createServer, type Server, type ServerOptions } from './create-server.ts';
export { type DataDirectory, DataDirectoryError, openDataDirectory } from './data-directory.ts';
export { DEFAULT_HTTP_OPTIONS, type HttpOptions, type ServerAddress } from './http/front.ts';
// Its parts, for those who have an HTTP server already.
export { createHttpApp, type HttpAppOptions, type HttpTarget } from './http/http-app.ts';
export { SESSION_COOKIE, tokenOf } from './http/token-source.ts';
export { createLogger, type LoggerOptions } from './logger.ts';
export type { Acceptor } from './web-socket/connect-web-socket.ts';
export { SUBPROTOCOL } from './web-socket/subprotocol.ts';
export {
  createWebSocketEndpoint,
  type EndpointOptions,
  type UpgradeTarget,
  type WebSocketEndpoint,
  type WebSocketOptions,
} from './web-socket/upgrade.ts';
