import type { Duplex } from 'node:stream';
import { CLOSE_CODES, cutCloseReason } from '@tyrum/contracts';
import type { Channel, Connection, Telemetry, Upgrade } from '@tyrum/gateway-core';
import { describeCause } from './describe-cause.ts';
import { guardHandshake } from './handshake-guard.ts';
import type { PeerWebSocket } from './peer-web-socket.ts';
import { createSocketWriter } from './socket-writer.ts';
import { textFrame } from './text-frame.ts';

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
  const writer = createSocketWriter(socket, () => connection.drained());
  /** Messages of the chunk in which reading was paused; `undefined` stands for a binary one. */
  let held: (string | undefined)[] = [];
  let paused = false;

  const channel: Channel = {
    send: (text) => writer.write(textFrame(text)),
    close(code, reason) {
      held = [];
      webSocket.close(code, cutCloseReason(reason));
      // The peer's answer can only be seen by reading on.
      webSocket.resume();
    },
    ping: () => webSocket.ping(),
    pause() {
      paused = true;
      webSocket.pause();
    },
    resume() {
      paused = false;
      while (held.length > 0 && !paused) deliver(held.shift());
      if (!paused) webSocket.resume();
    },
    get bufferedBytes() {
      return writer.bufferedBytes;
    },
  };

  function deliver(text: string | undefined): void {
    if (webSocket.readyState !== webSocket.OPEN) return;
    try {
      if (text === undefined) connection.receiveBinary();
      else connection.receive(text);
    } catch (cause) {
      // The gateway never throws. If it does, that is a bug of one connection, and not the end of all the others.
      telemetry.log('error', 'a connection failed', { cause: describeCause(cause) });
      channel.close(CLOSE_CODES.overloaded.code, 'the gateway failed');
    }
  }

  webSocket.beforeClose = writer.end;
  const connection = gateway.accept(channel, upgrade);
  guardHandshake(socket, connection, (reason) => channel.close(CLOSE_CODES.bad_handshake.code, reason));
  webSocket.refusal = () => {
    const { code, meaning } = connection.open ? CLOSE_CODES.protocol_violation : CLOSE_CODES.bad_handshake;
    return [code, meaning];
  };
  webSocket.on('message', (data: Buffer, isBinary) => {
    const text = isBinary ? undefined : data.toString();
    if (paused) held.push(text);
    else deliver(text);
  });
  webSocket.on('pong', () => connection.alive());
  // A malformed frame, or a socket that broke: the library closes it, and nobody else is concerned.
  webSocket.on('error', ({ message }) => telemetry.log('debug', 'a WebSocket failed', { reason: message }));
  webSocket.on('close', (code, reason) => {
    writer.end();
    connection.closed(code, reason.toString());
  });
}
