import { connect, createServer } from 'node:net';
import { carry, type Passage } from './passage.ts';
import type { Seeded } from './seeded.ts';

/** A TCP proxy on loopback that does to connections what networks do. */
export interface Proxy {
  readonly port: number;
  /** Does one bad thing to one connection; says what it did, `nothing` when there was none. */
  strike(): Strike | 'nothing';
  close(): Promise<void>;
}

const STRIKES = ['cut', 'reset', 'stall', 'halve', 'deafen', 'duplicate'] as const;
export type Strike = (typeof STRIKES)[number];

export async function startProxy(options: { gatewayPort: () => number; seeded: Seeded }): Promise<Proxy> {
  const { gatewayPort, seeded } = options;
  const passages = new Set<Passage>();
  const toGateway = () => connect(gatewayPort(), '127.0.0.1');

  const server = createServer((peer) => {
    const passage: Passage = carry(peer, toGateway, () => passages.delete(passage));
    passages.add(passage);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    port: (server.address() as { port: number }).port,
    strike() {
      const passage = [...passages][seeded.between(0, passages.size - 1)];
      const strike = STRIKES[seeded.between(0, STRIKES.length - 1)] ?? 'cut';
      if (passage === undefined) return 'nothing';
      passage[strike]();
      return strike;
    },
    close() {
      for (const passage of passages) passage.end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
