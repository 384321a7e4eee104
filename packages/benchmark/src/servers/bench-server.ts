import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A server under measurement. */
export interface BenchServer {
  readonly port: number;
  /** What its dialect has to know to speak with it. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Writes so many events into its log, and entries into its ledger, where it has one. */
  fill?(counts: Fill): Promise<void> | void;
  close(): Promise<void>;
}

export interface Fill {
  readonly events: number;
  readonly ledger?: number;
}

/** @param directory a directory of its own, for what it keeps on disk */
export type StartServer = (directory: string) => Promise<BenchServer>;

/** Listens on a free port of the loopback. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return (server.address() as AddressInfo).port;
}

/** A `ws` server as all anchors on `ws` have it: no compression, everything else as the library comes. */
export async function webSocketServer(
  options: { readonly path?: string; readonly protocol?: string } = {},
): Promise<BenchServer & { readonly server: WebSocketServer }> {
  const http = createServer();
  const { path, protocol } = options;
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: false,
    ...(path === undefined ? {} : { path }),
    ...(protocol === undefined ? {} : { handleProtocols: () => protocol }),
  });
  return {
    server,
    port: await listen(http),
    async close() {
      for (const client of server.clients) client.terminate();
      http.close();
    },
  };
}
