import type { MakeDialect } from './dialect.ts';

/** Every dialect by its name, loaded when it is spoken. */
export const dialects = {
  plain: async () => (await import('./plain.ts')).plain,
  verifying: async () => (await import('./verifying.ts')).verifying,
  'socket.io': async () => (await import('./socket-io.ts')).socketIo,
  trpc: async () => (await import('./trpc.ts')).trpc,
  'graphql-ws': async () => (await import('./graphql.ts')).graphql,
  'rpc-websockets': async () => (await import('./rpc-websockets.ts')).rpcWebSockets,
  tyrum: async () => (await import('./tyrum.ts')).tyrum(),
  'tyrum at 2': async () => (await import('./tyrum.ts')).tyrum({ revision: 2 }),
} satisfies Record<string, () => Promise<MakeDialect>>;

export type DialectName = keyof typeof dialects;
