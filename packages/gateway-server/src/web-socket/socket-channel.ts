import type { Duplex } from 'node:stream';
import { CLOSE_CODES, cutCloseReason } from '@tyrum/contracts';
import type { Channel, Connection, Telemetry } from '@tyrum/gateway-core';
import { describeCause } from '../describe-cause.ts';
import type { PeerWebSocket } from './peer-web-socket.ts';
import { SocketWriter, type WriterOwner } from './socket-writer.ts';
import { textFrame } from './text-frame.ts';

/** A message as it is handed on: `undefined` stands for a binary one, whose bytes nobody wants. */
type Message = string | undefined;

/**
 * A WebSocket as the gateway uses it, and the way back.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class SocketChannel implements Channel, WriterOwner {
  /** The gateway's end; set right after the gateway has accepted this one. */
  connection: Connection | undefined;
  readonly #webSocket: PeerWebSocket;
  readonly #writer: SocketWriter;
  readonly #telemetry: Telemetry;
  /** What came in the same chunk, behind the message at which reading was paused. */
  #held: Message[] = [];
  #paused = false;

  constructor(webSocket: PeerWebSocket, socket: Duplex, telemetry: Telemetry) {
    this.#webSocket = webSocket;
    this.#writer = new SocketWriter(socket, this);
    this.#telemetry = telemetry;
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes;
  }

  get awaitsDrain(): boolean {
    return this.connection?.awaitsDrain === true;
  }

  send(text: string, bytes?: number): void {
    this.#writer.write(textFrame(text, bytes));
  }

  close(code: number, reason: string): void {
    this.#held = [];
    this.#webSocket.close(code, cutCloseReason(reason));
    // The peer's answer can only be seen by reading on.
    this.#webSocket.resume();
  }

  ping(): void {
    this.#webSocket.ping();
  }

  pause(): void {
    this.#paused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#paused = false;
    while (this.#held.length > 0 && !this.#paused) this.#deliver(this.#held.shift());
    if (!this.#paused) this.#webSocket.resume();
  }

  /** A message came from the peer. */
  receive(message: Message): void {
    if (this.#paused) this.#held.push(message);
    else this.#deliver(message);
  }

  drained(): void {
    try {
      this.connection?.drained();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** The library found fault with the socket. */
  failed(reason: string): void {
    this.#telemetry.log('debug', 'a WebSocket failed', { reason });
  }

  /** The socket is about to send a close frame, or is gone: nothing more leaves but what is already here. */
  end(): void {
    this.#writer.end();
  }

  /** Code and reason for a frame that is malformed or too large; the library's own codes are not the protocol's (CC-1). */
  refusal(): readonly [code: number, reason: string] {
    const { code, meaning } = this.connection?.open ? CLOSE_CODES.protocol_violation : CLOSE_CODES.bad_handshake;
    return [code, meaning];
  }

  #deliver(message: Message): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    try {
      if (message === undefined) this.connection?.receiveBinary();
      else this.connection?.receive(message);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** The gateway never throws. If it does, that is a bug of one connection, and not the end of all the others. */
  #fail(cause: unknown): void {
    this.#telemetry.log('error', 'a connection failed', { cause: describeCause(cause) });
    this.close(CLOSE_CODES.overloaded.code, 'the gateway failed');
  }
}
