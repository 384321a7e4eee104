import { toBase64Url } from '@tyrum/contracts/spoken';
import WebSocket from 'isomorphic-ws';
import type { ConnectSocket, SocketEvents, SocketRequest } from '../ports/socket.ts';

/** What both the browser's WebSocket and `ws` have. */
interface PlatformSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** The class of either. */
export interface PlatformConstructor {
  readonly prototype: object;
  new (url: string, protocols: readonly string[], options?: object): PlatformSocket;
}

const OPEN = 1;
/** What a browser reports for a socket that ended without a close frame (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006;

/** Sockets of a class: the browser's own WebSocket, or the one of `ws`. `null` where a runtime has none. */
export function connectThrough(Platform: PlatformConstructor | null): ConnectSocket {
  return (request, events) => {
    if (Platform === null) throw new TypeError('this runtime has no WebSocket; pass connectSocket');
    const socket = openSocket(Platform, request);
    let ended = false;
    const end = (code: number, reason: string, retryAfterMs?: number) => {
      if (ended) return;
      ended = true;
      events.closed(code, reason, retryAfterMs);
    };
    socket.onopen = () => events.opened();
    socket.onmessage = ({ data }) => events.message(data);
    socket.onclose = ({ code, reason }) => end(code, reason);
    // A close event follows every error; without a listener `ws` would throw.
    socket.onerror = () => {};
    reportRefusedUpgrade(socket, end);
    return {
      send(text) {
        if (socket.readyState === OPEN) socket.send(text);
      },
      close: (code, reason) => socket.close(code, reason),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
    };
  };
}

/** The platform's WebSocket. Typed as `ws`; a bundler for browsers puts the platform's own class here. */
export const connectDefaultSocket: ConnectSocket = connectThrough(WebSocket as unknown as PlatformConstructor | null);

function openSocket(Platform: PlatformConstructor, { url, subprotocol, token }: SocketRequest): PlatformSocket {
  // Only `ws`, an event emitter, lets its user set headers; a browser offers the token as a second subprotocol.
  if ('on' in Platform.prototype) {
    const headers = { authorization: `Bearer ${token}` };
    return new Platform(url, [subprotocol], { headers, perMessageDeflate: false });
  }
  return new Platform(url, [subprotocol, `tyrum-auth.${toBase64Url(new TextEncoder().encode(token))}`]);
}

interface RefusedUpgrade {
  readonly statusCode: number;
  readonly headers: { readonly 'retry-after'?: string };
  resume(): void;
}

interface UpgradeWatcher {
  on(event: 'unexpected-response', listener: (request: { destroy(): void }, response: RefusedUpgrade) => void): void;
}

/** `ws` can read the HTTP answer that a browser hides. */
function reportRefusedUpgrade(socket: PlatformSocket, end: SocketEvents['closed']): void {
  if (!('on' in socket)) return;
  (socket as PlatformSocket & UpgradeWatcher).on('unexpected-response', (request, response) => {
    const seconds = Number(response.headers['retry-after']);
    response.resume();
    request.destroy();
    end(ABNORMAL, `HTTP ${response.statusCode}`, Number.isFinite(seconds) ? seconds * 1_000 : undefined);
  });
}
