import type { Subject } from '../bench.ts';
import { measureRequests, REQUEST_COLUMNS, type Turns, turnSeconds } from './request-turns.ts';
import type { Workload } from './workload.ts';

const readers: readonly Subject[] = [
  { name: 'raw ws', server: 'raw', dialect: 'plain' },
  { name: 'raw ws + zod', server: 'raw zod', dialect: 'plain', spare: true },
  { name: 'raw ws, corked', server: 'raw corked', dialect: 'plain', spare: true },
  { name: 'raw ws, corked + zod', server: 'raw corked zod', dialect: 'plain' },
  { name: 'Socket.IO acks', server: 'socket.io', dialect: 'socket.io' },
  { name: 'rpc-websockets', server: 'rpc-websockets', dialect: 'rpc-websockets' },
  { name: 'graphql-ws', server: 'graphql-ws', dialect: 'graphql-ws', spare: true },
  { name: 'graphql-ws, queries kept', server: 'graphql-ws kept queries', dialect: 'graphql-ws' },
  { name: 'tRPC + zod', server: 'trpc', dialect: 'trpc' },
  { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' },
];

/** One request at a time costs mostly what the system takes: of that a short run measures fewer. */
const TELLING: ReadonlySet<string> = new Set(['raw ws', 'Socket.IO acks', 'tRPC + zod', '**Tyrum**']);

const tyrum: Subject = { name: '**Tyrum**', server: 'tyrum', dialect: 'tyrum' };
const group: Subject = { name: 'group commit by hand', server: 'group commit', dialect: 'plain' };
const single: Subject = { name: 'one commit each', server: 'one commit each', dialect: 'plain' };
const diskless: Subject = { name: 'raw ws + zod, no disk', server: 'raw zod', dialect: 'plain' };

interface RequestWorkload {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly subjects: readonly Subject[];
  readonly turns: (plan: { readonly connections: number; readonly inFlight: number }) => Turns;
}

const workloads: readonly RequestWorkload[] = [
  {
    name: 'read',
    title: 'Request and reply, many at once',
    text: 'Every connection keeps as many requests under way as it may; each is answered with its own payload. Tyrum judges payload and result, rights, limits, and reads in a transaction.',
    subjects: readers,
    turns: ({ connections, inFlight }) => ({ kind: 'read', connections, inFlight }),
  },
  {
    name: 'latency',
    title: 'Request and reply, one at a time',
    text: 'One connection, and the next request only after the answer.',
    subjects: readers.map((subject) => ({ ...subject, spare: !TELLING.has(subject.name) })),
    turns: () => ({ kind: 'read', connections: 1, inFlight: 1 }),
  },
  {
    name: 'write',
    title: 'Durable effects, many at once',
    text: 'Every effect is on disk (SQLite, WAL, synchronous FULL) before its answer. The anchors write one row; Tyrum a ledger entry with the response, a document and an event.',
    subjects: [diskless, single, group, tyrum],
    turns: ({ connections, inFlight }) => ({ kind: 'write', connections, inFlight }),
  },
  {
    name: 'write-latency',
    title: 'Durable effects, one at a time',
    text: 'The same with one connection, and the next request only after the answer.',
    subjects: [single, group, tyrum],
    turns: () => ({ kind: 'write', connections: 1, inFlight: 1 }),
  },
];

/** Requests that are answered: read or kept, many at once or one at a time. */
export const requestWorkloads: readonly Workload[] = workloads.map(({ name, title, text, subjects, turns }) => ({
  name,
  seconds: (plan) => turnSeconds(plan, subjects),
  parts: [
    async (bench) => [
      { title, text, columns: REQUEST_COLUMNS, rows: await measureRequests(bench, subjects, turns(bench.plan)) },
    ],
  ],
}));
