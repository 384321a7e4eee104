import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '@tyrum/contracts';
import type { Telemetry } from '@tyrum/gateway-core';
import { describeCause } from '../describe-cause.ts';
import {
  createWebSocketEndpoint,
  DEFAULT_WEB_SOCKET_OPTIONS,
  type UpgradeTarget,
  type WebSocketOptions,
} from '../web-socket/upgrade.ts';
import { createHttpApp, type HttpTarget } from './http-app.ts';

export interface HttpOptions extends WebSocketOptions {
  /** Largest body of an HTTP request, in bytes. @default 1 MiB */
  readonly maxBodyBytes?: number;
  /** How long a client may take to send the headers of a request, in milliseconds. @default 10 s */
  readonly headersTimeoutMs?: number;
  /** How long a client may take to send a whole request, in milliseconds. @default 30 s */
  readonly requestTimeoutMs?: number;
}

export const DEFAULT_HTTP_OPTIONS: Required<HttpOptions> = {
  ...DEFAULT_WEB_SOCKET_OPTIONS,
  maxBodyBytes: 1_048_576,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
};

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** What a peer connects to: `ws://…/ws`. */
  readonly url: string;
  /** The base of the HTTP routes. */
  readonly http: string;
}

/** The port that a gateway stands behind. */
export interface Front {
  /**
   * Begins to accept peers. A `port` of 0 takes a free one. @default host 127.0.0.1, port 0
   *
   * @throws {Error} of the system, with a `code` such as `EADDRINUSE`.
   */
  listen(where?: { readonly host?: string; readonly port?: number }): Promise<ServerAddress>;
  /** `undefined` unless it listens. */
  readonly address: ServerAddress | undefined;
  /**
   * Drains: tells the peers, lets what runs finish (`drain_ms` at the most), then closes every connection and the port. The store
   * stays open, because it is the caller's.
   */
  close(): Promise<void>;
}

/** A gateway as the front needs it. */
export interface FrontTarget extends UpgradeTarget, HttpTarget {
  close(): Promise<void>;
}

/** Puts a gateway behind one HTTP server. */
export function createFront(
  gateway: FrontTarget,
  options: { readonly http: HttpOptions; readonly telemetry: Telemetry; readonly clock: Clock },
): Front {
  const { telemetry, clock } = options;
  const http = { ...DEFAULT_HTTP_OPTIONS, ...options.http };
  const endpoint = createWebSocketEndpoint(gateway, { ...http, telemetry, clock });
  const app = createHttpApp({
    gateway,
    telemetry,
    clock,
    webSocketPath: endpoint.path,
    maxBodyBytes: http.maxBodyBytes,
  });
  const server = createHttpServer(
    {
      headersTimeout: http.headersTimeoutMs,
      requestTimeout: http.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(http.headersTimeoutMs, 5000),
    },
    // The globals of an embedder's process are not ours to replace.
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  );
  server.on('upgrade', endpoint.handleUpgrade);
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    try {
      // The port stays open until the gateway is drained: who comes now is told to go elsewhere.
      await gateway.close();
    } finally {
      const stopped = stopListening(server);
      await endpoint.close();
      server.closeAllConnections();
      await stopped;
    }
  }

  return {
    async listen({ host = '127.0.0.1', port = 0 } = {}) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port }, () => {
          server.off('error', reject);
          // Such as too many open files: one connection less, and not the end of the others.
          server.on('error', (cause) =>
            telemetry.log('error', 'a connection cannot be accepted', { cause: describeCause(cause) }),
          );
          resolve();
        });
      });
      return addressOf(server, endpoint.path) as ServerAddress;
    },
    get address() {
      return addressOf(server, endpoint.path);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function stopListening(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    // The only error is that it did not listen, and then there is nothing to stop.
    server.close(() => resolve());
  });
}

function addressOf(server: HttpServer, path: string): ServerAddress | undefined {
  const bound = server.address() as AddressInfo | null;
  if (bound === null) return undefined;
  const { address: host, port } = bound;
  const authority = `${reachable(host)}:${port}`;
  return { host, port, url: `ws://${authority}${path}`, http: `http://${authority}` };
}

/** How this machine reaches what is bound to a host: "every address" is not one. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}
