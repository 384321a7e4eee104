import type { Duplex } from 'node:stream';
import { CLOSE_CODES } from '@tyrum/contracts';
import type { Channel, Connection, Telemetry, Upgrade } from '@tyrum/gateway-core';
import type { WebSocket } from 'ws';
import { guardHandshake } from './handshake-guard.ts';
import type { PeerWebSocket } from './peer-web-socket.ts';
import { SocketChannel } from './socket-channel.ts';

/** A gateway, as far as a socket needs it. */
export interface Acceptor {
  accept(channel: Channel, upgrade: Upgrade): Connection;
}

/** An open WebSocket, the raw socket below it, and what the upgrade told. */
export interface OpenSocket {
  readonly webSocket: PeerWebSocket;
  readonly socket: Duplex;
  readonly upgrade: Upgrade;
}

/** Hands an open WebSocket to the gateway. Nothing that comes on the socket can do more than close it (UP-12). */
export function connectWebSocket(open: OpenSocket, gateway: Acceptor, telemetry: Telemetry): void {
  const { webSocket, socket, upgrade } = open;
  const channel = new SocketChannel(webSocket, socket, telemetry);
  webSocket.channel = channel;
  const connection = gateway.accept(channel, upgrade);
  channel.connection = connection;
  guardHandshake(socket, connection, (reason) => channel.close(CLOSE_CODES.bad_handshake.code, reason));

  // The listeners are the same for every socket, which they are told of as `this`.
  webSocket.on('message', onMessage);
  webSocket.on('pong', onPong);
  webSocket.on('close', onClose);
  webSocket.on('error', onError);
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  channelOf(this)?.receive(isBinary ? undefined : String(data));
}

function onPong(this: WebSocket): void {
  channelOf(this)?.connection?.alive();
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  channelOf(this)?.end();
  channelOf(this)?.connection?.closed(code, String(reason));
}

/** A malformed frame, or a socket that broke: the library closes it, and nobody else is concerned. */
function onError(this: WebSocket, { message }: Error): void {
  channelOf(this)?.failed(message);
}

/** Every WebSocket of the server is one of ours, which the types of the library do not tell a listener. */
function channelOf(webSocket: WebSocket): SocketChannel | undefined {
  return (webSocket as PeerWebSocket).channel;
}
