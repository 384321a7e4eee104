import type { Socket, SocketEvents } from '@tyrum/client-sdk';
import type { Channel, Connection } from '@tyrum/gateway-core';
import type { Loop } from '../kernel/loop.ts';
import type { Process } from '../kernel/process.ts';
import { createPipe, type Parcel, type Pipe, type PipeTraits } from './pipe.ts';
import type { WireObserver } from './wire-observer.ts';

/** How a connection breaks: who hears of it, and when, in milliseconds from now. `undefined`: that side never does. */
export interface Break {
  readonly clientHearsAfter: number | undefined;
  readonly gatewayHearsAfter: number | undefined;
  /** Whether what is under way still arrives: at the gateway perhaps after the client has come back on another connection. */
  readonly underWay: 'lost' | 'arrives';
}

/** One WebSocket between a client and a gateway, and everything that can happen to it. */
export interface Link {
  /** Counts from 1 in the order of the connections of a world. */
  readonly id: number;
  /** The host on the client's side. */
  readonly host: string;
  /** A copy of another connection, made by the network: what the client says on that one arrives here too. */
  readonly copy: boolean;
  /** Whether it can still carry anything. */
  readonly usable: boolean;
  /** What the gateway has handed over and the network has not taken. */
  readonly bufferedBytes: number;
  readonly up: Pipe;
  readonly down: Pipe;
  break(how: Break): void;
}

export interface LinkOptions {
  readonly id: number;
  readonly host: string;
  readonly copy: boolean;
  readonly loop: Loop;
  readonly up: PipeTraits;
  readonly down: PipeTraits;
  readonly client: Process;
  readonly gateway: Process;
  readonly events: SocketEvents;
  readonly observer: WireObserver;
  /** The gateway takes the channel; called when the upgrade has arrived. */
  readonly accept: (channel: Channel, link: Link) => Connection;
}

/** What a socket reports that ended without a close frame (RFC 6455, section 7.1.5). */
export const ABNORMAL = 1006;
/** How long the side that closed waits for the other's close frame. */
const CLOSE_PATIENCE_MS = 2_000;

/** A link whose upgrade has just arrived at the gateway; the client hears that it is open after one more trip. */
export function openLink(options: LinkOptions): { readonly link: Link; readonly socket: Socket } {
  const { id, host, copy, loop, client, gateway, events, observer } = options;
  let clientOpen = true;
  let gatewayOpen = true;
  let connection: Connection | undefined;

  const up = createPipe(loop, options.up, { arrive: atGateway, drained: () => {} });
  const down = createPipe(loop, options.down, {
    arrive: atClient,
    drained: () => void loop.after(0, () => gatewayOpen && gateway.alive && connection?.drained()),
  });

  function atGateway(parcel: Parcel): void {
    if (!gateway.alive) {
      // The machine is there, the program is not: its system answers with a reset.
      if (clientOpen) loop.after(1, () => endClient(ABNORMAL, ''));
      return;
    }
    if (!gatewayOpen && parcel.kind !== 'close') return;
    switch (parcel.kind) {
      case 'text':
        observer.atGateway(link, parcel.text);
        connection?.receive(parcel.text);
        return;
      case 'pong':
        connection?.alive();
        return;
      case 'close':
        down.send(parcel);
        endGateway(parcel.code, parcel.reason);
        return;
      case 'ping':
        down.send({ kind: 'pong' });
    }
  }

  function atClient(parcel: Parcel): void {
    if (!client.alive) return;
    switch (parcel.kind) {
      case 'text':
        if (!clientOpen) return;
        observer.atClient(link, parcel.text);
        events.message(parcel.text);
        return;
      case 'ping':
        // Answered by the socket itself, whatever the program does.
        up.send({ kind: 'pong' });
        return;
      case 'close':
        if (clientOpen) up.send(parcel);
        endClient(parcel.code, parcel.reason);
        return;
      case 'pong':
    }
  }

  function endClient(code: number, reason: string): void {
    if (!clientOpen) return;
    clientOpen = false;
    if (client.alive) events.closed(code, reason);
  }

  function endGateway(code: number, reason: string): void {
    if (connection === undefined || !gateway.alive) return;
    gatewayOpen = false;
    connection.closed(code, reason);
  }

  const link: Link = {
    id,
    host,
    copy,
    get usable() {
      return clientOpen && gatewayOpen && gateway.alive && client.alive;
    },
    get bufferedBytes() {
      return down.bufferedBytes;
    },
    up,
    down,
    break({ clientHearsAfter, gatewayHearsAfter, underWay }) {
      for (const pipe of [up, down]) {
        if (underWay === 'lost') pipe.swallow();
        else pipe.shut();
      }
      if (clientHearsAfter !== undefined) loop.after(clientHearsAfter, () => endClient(ABNORMAL, ''));
      if (gatewayHearsAfter !== undefined) loop.after(gatewayHearsAfter, () => endGateway(ABNORMAL, ''));
    },
  };

  const channel: Channel = {
    send(text) {
      if (!gatewayOpen || !gateway.alive) return;
      observer.fromGateway(link, text);
      down.send({ kind: 'text', text });
      observer.buffered(link, down.bufferedBytes);
    },
    close(code, reason) {
      if (!gatewayOpen || !gateway.alive) return;
      gatewayOpen = false;
      observer.closedByGateway(link, code, reason);
      down.send({ kind: 'close', code, reason });
      gateway.after(CLOSE_PATIENCE_MS, () => connection?.closed(code, reason));
    },
    ping: () => down.send({ kind: 'ping' }),
    pause: () => up.pause(),
    resume: () => up.resume(),
    get bufferedBytes() {
      return down.bufferedBytes;
    },
  };

  const socket: Socket = {
    send(text) {
      if (!clientOpen || !client.alive) return;
      observer.fromClient(link, text);
      up.send({ kind: 'text', text });
    },
    close(code, reason) {
      if (!clientOpen || !client.alive) return;
      clientOpen = false;
      observer.closedByClient(link, code, reason);
      up.send({ kind: 'close', code, reason });
    },
    get bufferedBytes() {
      return up.bufferedBytes;
    },
  };

  connection = options.accept(channel, link);
  loop.after(options.down.latency(), () => {
    if (clientOpen && client.alive) events.opened();
  });
  return { link, socket };
}
