import type { ConnectSocket, Socket, SocketEvents } from '@tyrum/client-sdk';
import type { Channel, Connection } from '@tyrum/gateway-core';
import type { Loop } from '../kernel/loop.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Process } from '../kernel/process.ts';
import { ABNORMAL, type Break, type Link, openLink } from './link.ts';
import type { PipeTraits } from './pipe.ts';
import type { WireObserver } from './wire-observer.ts';

/** How far away a host is, and how much its connection carries. */
export interface Road {
  /** Milliseconds of one trip, at the least and at the most. */
  readonly latency: readonly [number, number];
  readonly bytesPerMs: number;
}

/** A gateway process that takes connections. */
export interface Listener {
  readonly process: Process;
  /** Refuses an upgrade as an HTTP server does; `undefined` takes it. */
  readonly refuse: () => { readonly reason: string } | undefined;
  readonly accept: (channel: Channel, link: Link, token: string) => Connection;
}

/** All connections of a world. */
export interface Network {
  /** The way of a program on a host to the gateway. */
  connector(host: string, program: Process): ConnectSocket;
  /** Whoever listens at the gateway's address from now on; `undefined`: nobody. */
  listen(listener: Listener | undefined): void;
  /** Connections of a host that can still carry something, the newest last. */
  linksOf(host: string): readonly Link[];
  break(host: string, how: Break): void;
  /** Nothing passes between a host and the gateway for a while, in either direction. */
  partition(host: string, ms: number): void;
  /** The next connection of a host exists twice at the gateway: a middlebox repeats what the client says. */
  copyNext(host: string): void;
  /** The gateway's program is gone. `silent`: its machine too, so nobody tells the clients. */
  gatewayDied(process: Process, silent: boolean): void;
  /** A client's program is gone. */
  clientDied(process: Process, silent: boolean): void;
}

/** Bytes that the receiver's machine takes in while its program does not read. */
const WINDOW_BYTES = 4_096;

interface Entry {
  readonly link: Link;
  readonly client: Process;
  readonly gateway: Process;
}

export function createNetwork(options: {
  readonly loop: Loop;
  readonly random: Prng;
  readonly roadOf: (host: string) => Road;
  readonly observer: WireObserver;
}): Network {
  const { loop, random, roadOf, observer } = options;
  let entries: Entry[] = [];
  let listener: Listener | undefined;
  let nextId = 1;
  /** Until when a host is cut off, in virtual time. */
  const cutOff = new Map<string, number>();
  const copied = new Set<string>();

  function traits(host: string, id: number, direction: string): PipeTraits {
    const { latency, bytesPerMs } = roadOf(host);
    const draw = random.fork(`${id} ${direction}`);
    const [least, most] = latency;
    return {
      latency: () => least + draw.int((most - least) * 1000) / 1000,
      bytesPerMs,
      windowBytes: WINDOW_BYTES,
    };
  }

  function open(host: string, program: Process, token: string, events: SocketEvents, copy: boolean): Socket {
    const id = nextId++;
    const up = traits(host, id, 'up');
    const down = traits(host, id, 'down');
    let socket: Socket | undefined;
    let given = false;

    function fail(reason: string): void {
      loop.after(down.latency(), () => {
        if (!given && program.alive) events.closed(ABNORMAL, reason);
      });
    }

    function arrive(): void {
      if (given || !program.alive) return;
      const wait = (cutOff.get(host) ?? 0) - loop.elapsed;
      if (wait > 0) {
        loop.after(wait + up.latency(), arrive);
        return;
      }
      if (listener === undefined || !listener.process.alive) return fail('');
      const refusal = listener.refuse();
      if (refusal !== undefined) return fail(refusal.reason);
      const { accept, process: gateway } = listener;
      const opened = openLink({
        id,
        host,
        copy,
        loop,
        up,
        down,
        client: program,
        gateway,
        events,
        observer,
        accept: (channel, link) => accept(channel, link, token),
      });
      socket = opened.socket;
      entries = entries.filter(({ link }) => link.usable);
      entries.push({ link: opened.link, client: program, gateway });
    }

    loop.after(up.latency(), arrive);
    return {
      send: (text) => socket?.send(text),
      close(code, reason) {
        given = true;
        socket?.close(code, reason);
      },
      get bufferedBytes() {
        return socket?.bufferedBytes ?? 0;
      },
    };
  }

  function linksOf(host: string): readonly Link[] {
    return entries.filter(({ link }) => link.host === host && link.usable && !link.copy).map(({ link }) => link);
  }

  return {
    connector: (host, program) => (request, events) => {
      const socket = open(host, program, request.token, events, false);
      if (!copied.delete(host)) return socket;
      const copy = open(host, program, request.token, silentEvents, true);
      return {
        send(text) {
          socket.send(text);
          copy.send(text);
        },
        close: (code, reason) => socket.close(code, reason),
        get bufferedBytes() {
          return socket.bufferedBytes;
        },
      };
    },
    listen(next) {
      listener = next;
    },
    linksOf,
    break(host, how) {
      for (const link of linksOf(host)) link.break(how);
    },
    partition(host, ms) {
      const until = loop.elapsed + ms;
      cutOff.set(host, Math.max(until, cutOff.get(host) ?? 0));
      for (const link of linksOf(host)) {
        link.up.stallUntil(until);
        link.down.stallUntil(until);
      }
    },
    copyNext: (host) => void copied.add(host),
    gatewayDied(process, silent) {
      for (const { link, gateway } of entries) {
        if (gateway !== process) continue;
        link.break({
          clientHearsAfter: silent ? undefined : roadOf(link.host).latency[1],
          gatewayHearsAfter: undefined,
          underWay: silent ? 'lost' : 'arrives',
        });
      }
    },
    clientDied(process, silent) {
      for (const { link, client } of entries) {
        if (client !== process) continue;
        link.break({
          clientHearsAfter: undefined,
          gatewayHearsAfter: silent ? undefined : roadOf(link.host).latency[1],
          underWay: silent ? 'lost' : 'arrives',
        });
      }
    },
  };
}

const silentEvents: SocketEvents = { opened() {}, message() {}, closed() {} };
