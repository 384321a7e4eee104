import type { StartServer } from './bench-server.ts';

/** Every server by its name. Each is loaded in its own process, where nothing of the others is. */
export const servers = {
  raw: async () => (await import('./raw.ts')).raw(),
  'raw zod': async () => (await import('./raw.ts')).raw({ validates: true }),
  'raw corked': async () => (await import('./raw.ts')).raw({ corks: true }),
  'raw corked zod': async () => (await import('./raw.ts')).raw({ corks: true, validates: true }),
  'raw per peer': async () => (await import('./raw-broadcasts.ts')).perPeer,
  'raw framed once': async () => (await import('./raw-broadcasts.ts')).preFramed,
  'raw verifying': async () => (await import('./verifying.ts')).verifying,
  'one commit each': async () => (await import('./durable.ts')).oneCommitEach,
  'group commit': async () => (await import('./durable.ts')).groupCommit,
  'log reader': async () => (await import('./log-reader.ts')).logReader(),
  'log reader corked': async () => (await import('./log-reader.ts')).logReader({ corks: true }),
  'socket.io': async () => (await import('./socket-io.ts')).socketIo,
  trpc: async () => (await import('./trpc.ts')).trpc(),
  'trpc subscribed': async () => (await import('./trpc.ts')).trpc({ subscribes: true }),
  'graphql-ws': async () => (await import('./graphql.ts')).graphql(),
  'graphql-ws kept queries': async () => (await import('./graphql.ts')).graphql({ keepsQueries: true }),
  'rpc-websockets': async () => (await import('./rpc-websockets.ts')).rpcWebSockets(),
  'rpc-websockets subscribed': async () => (await import('./rpc-websockets.ts')).rpcWebSockets({ subscribes: true }),
  tyrum: async () => (await import('./tyrum.ts')).tyrum,
} satisfies Record<string, () => Promise<StartServer>>;

export type ServerName = keyof typeof servers;
