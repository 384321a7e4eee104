import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@tyrum/contracts';
import { silentTelemetry, type Telemetry } from '@tyrum/gateway-core';
import { type ServerOptions, WebSocketServer } from 'ws';
import { tokenOf } from '../http/token-source.ts';
import { createAddressRate } from './address-rate.ts';
import { type Acceptor, connectWebSocket } from './connect-web-socket.ts';
import { PeerWebSocket } from './peer-web-socket.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { offeredProtocols, SUBPROTOCOL } from './subprotocol.ts';

export interface WebSocketOptions {
  /** @default '/ws' */
  readonly path?: string;
  /** Upgrades that one address may begin per second, sustained. @default 500 */
  readonly upgradesPerSecond?: number;
  /** Upgrades that one address may begin at once. @default 5000 */
  readonly upgradeBurst?: number;
  /** How long a peer may take to answer a close before its socket is cut, in milliseconds. @default 3000 */
  readonly closeTimeoutMs?: number;
}

export const DEFAULT_WEB_SOCKET_OPTIONS: Required<WebSocketOptions> = {
  path: '/ws',
  upgradesPerSecond: 500,
  upgradeBurst: 5000,
  closeTimeoutMs: 3000,
};

export interface EndpointOptions extends WebSocketOptions {
  readonly telemetry?: Telemetry;
  readonly clock?: Clock;
}

/** A gateway as the endpoint needs it. */
export interface UpgradeTarget extends Acceptor {
  readonly draining: boolean;
  readonly limits: { readonly max_frame_bytes: number; readonly drain_ms: number };
}

/** Where HTTP upgrades become connections of a gateway; mount `handleUpgrade` on any HTTP server of Node.js. */
export interface WebSocketEndpoint {
  readonly path: string;
  /** Listener for the event `upgrade`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Resolves when every connection has ended; the ones that take longer than `closeTimeoutMs` are cut. */
  close(): Promise<void>;
}

/** Fragments and TCP chunks of one frame may be this small on average; below, what they cost is many times what they carry. */
const LEAST_FRAGMENT_BYTES = 256;
const LEAST_CHUNK_BYTES = 64;

/** Makes the endpoint on which a gateway meets its peers. */
export function createWebSocketEndpoint(gateway: UpgradeTarget, options: EndpointOptions = {}): WebSocketEndpoint {
  const { path, upgradesPerSecond, upgradeBurst, closeTimeoutMs } = { ...DEFAULT_WEB_SOCKET_OPTIONS, ...options };
  const { telemetry = silentTelemetry, clock = systemClock() } = options;
  const rate = createAddressRate({ perSecond: upgradesPerSecond, burst: upgradeBurst }, clock);
  const { max_frame_bytes, drain_ms } = gateway.limits;
  const serverOptions: ServerOptions<typeof PeerWebSocket> & { readonly closeTimeout: number } = {
    noServer: true,
    WebSocket: PeerWebSocket,
    perMessageDeflate: false,
    maxPayload: max_frame_bytes,
    maxFragments: Math.ceil(max_frame_bytes / LEAST_FRAGMENT_BYTES),
    maxBufferedChunks: Math.ceil(max_frame_bytes / LEAST_CHUNK_BYTES),
    closeTimeout: closeTimeoutMs,
    handleProtocols: () => SUBPROTOCOL,
  };
  const server = new WebSocketServer(serverOptions);

  function refuse(request: IncomingMessage, socket: Duplex): boolean {
    const [requested] = (request.url ?? '').split('?');
    if (requested !== path) {
      refuseUpgrade(socket, 404, `nothing is served here; connect to ${path}`);
      return true;
    }
    if (gateway.draining) {
      refuseUpgrade(socket, 503, 'the gateway is stopping', { 'Retry-After': seconds(drain_ms) });
      return true;
    }
    const waitMs = rate.take(request.socket.remoteAddress);
    if (waitMs > 0) {
      refuseUpgrade(socket, 429, 'too many connections from this address', { 'Retry-After': seconds(waitMs) });
      return true;
    }
    if (!offeredProtocols(request.headers).includes(SUBPROTOCOL)) {
      refuseUpgrade(socket, 400, `the subprotocol ${SUBPROTOCOL} is not offered`);
      return true;
    }
    return false;
  }

  return {
    path,
    handleUpgrade(request, socket, head) {
      // From its first moment a broken socket is nobody's problem but its own; once it is a WebSocket, the library sees to that.
      socket.on('error', destroy);
      if (refuse(request, socket)) return;
      const token = tokenOf(request.headers);
      const { remoteAddress } = request.socket;
      const upgrade = { token, ...(remoteAddress === undefined ? {} : { remoteAddress }) };
      server.handleUpgrade(request, socket, head, (webSocket) => {
        socket.off('error', destroy);
        connectWebSocket({ webSocket, socket, upgrade }, gateway, telemetry);
      });
    },
    close() {
      return new Promise((resolve) => {
        const cut = setTimeout(() => {
          for (const webSocket of server.clients) webSocket.terminate();
        }, closeTimeoutMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
      });
    },
  };
}

function destroy(this: Duplex): void {
  this.destroy();
}

/** As `Retry-After` says it: whole seconds, one at least. */
function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
