import { connect, createServer, type Socket } from 'node:net';
import type { Seeded } from './seeded.ts';

/** A TCP proxy on loopback that does to connections what networks do. */
export interface Proxy {
  readonly port: number;
  /** Does one bad thing to one connection; says what it did. */
  strike(): string;
  close(): Promise<void>;
}

interface Pair {
  readonly peer: Socket;
  readonly gateway: Socket;
  /** Passes only half of the next chunk, then cuts. */
  halveNext: boolean;
}

const STRIKES = ['cut', 'reset', 'stall', 'halve', 'deafen'] as const;
const STALL_MS = 1500;

export async function startProxy(options: { gatewayPort: () => number; seeded: Seeded }): Promise<Proxy> {
  const { gatewayPort, seeded } = options;
  const pairs = new Set<Pair>();

  const server = createServer((peer) => {
    const pair: Pair = { peer, gateway: connect(gatewayPort(), '127.0.0.1'), halveNext: false };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      pair.peer.destroy();
      pair.gateway.destroy();
    };
    forward(pair, pair.peer, pair.gateway, end);
    forward(pair, pair.gateway, pair.peer, end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  function strike(): string {
    const pair = [...pairs][seeded.between(0, pairs.size - 1)];
    const kind = STRIKES[seeded.between(0, STRIKES.length - 1)] ?? 'cut';
    if (pair === undefined) return 'nothing';
    switch (kind) {
      case 'cut':
        pair.peer.end();
        pair.gateway.end();
        break;
      case 'reset':
        pair.peer.resetAndDestroy();
        pair.gateway.resetAndDestroy();
        break;
      case 'stall':
        for (const socket of [pair.peer, pair.gateway]) socket.pause();
        setTimeout(() => {
          for (const socket of [pair.peer, pair.gateway]) socket.resume();
        }, STALL_MS);
        break;
      case 'halve':
        pair.halveNext = true;
        break;
      case 'deafen':
        // Half open: the gateway has lost it, the peer is told nothing until it asks.
        pair.gateway.destroy();
        break;
    }
    return kind;
  }

  return {
    port: (server.address() as { port: number }).port,
    strike,
    close() {
      for (const { peer, gateway } of pairs) {
        peer.destroy();
        gateway.destroy();
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function forward(pair: Pair, from: Socket, to: Socket, end: () => void): void {
  from.on('data', (chunk) => {
    if (pair.halveNext) {
      pair.halveNext = false;
      to.end(chunk.subarray(0, chunk.length >> 1));
      from.destroy();
      return;
    }
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('error', end);
  from.on('close', end);
}
