/** Every server with whoever speaks with it, once and in one process: for a test, which learns what does not work. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type DialectName, dialects } from '../dialects/all-dialects.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { fanOut } from '../load/fan-out.ts';
import { type LoadConnection, openConnection } from '../load/load-connection.ts';
import { pipelineRequests } from '../load/pipelined-requests.ts';
import { NOTE } from '../payload.ts';
import { answerCalls } from '../process/calls.ts';
import { type ServerName, servers } from '../servers/all-servers.ts';

type Work = (connections: readonly LoadConnection[], dialect: Dialect) => Promise<void>;

const checks: readonly { readonly work: Work; readonly pairs: readonly (readonly [ServerName, DialectName])[] }[] = [
  {
    work: answerRequests,
    pairs: [
      ['raw', 'plain'],
      ['raw zod', 'plain'],
      ['raw corked', 'plain'],
      ['raw corked zod', 'plain'],
      ['one commit each', 'plain'],
      ['group commit', 'plain'],
      ['socket.io', 'socket.io'],
      ['trpc', 'trpc'],
      ['graphql-ws', 'graphql-ws'],
      ['graphql-ws kept queries', 'graphql-ws'],
      ['rpc-websockets', 'rpc-websockets'],
      ['tyrum', 'tyrum'],
    ],
  },
  {
    work: sendEvents,
    pairs: [
      ['raw', 'plain'],
      ['raw framed once', 'plain'],
      ['raw per peer', 'plain'],
      ['socket.io', 'socket.io'],
      ['trpc subscribed', 'trpc'],
      ['rpc-websockets subscribed', 'rpc-websockets'],
      ['tyrum', 'tyrum'],
    ],
  },
  {
    work: async () => undefined,
    pairs: [
      ['raw verifying', 'verifying'],
      ['log reader', 'plain'],
      ['log reader corked', 'plain'],
      ['tyrum', 'tyrum at 2'],
    ],
  },
];

async function answerRequests(connections: readonly LoadConnection[], { payloadOf }: Dialect): Promise<void> {
  const texts: string[] = [];
  for (const connection of connections) connection.onText = (text) => texts.push(text);
  for (const kind of ['read', 'write'] as const) {
    const { answered } = await pipelineRequests(connections, { kind, inFlight: 2, rampMs: 0, ms: 1 });
    if (answered < 4) throw new Error(`${answered} answers to 4 requests of the kind ${kind}`);
  }
  if (!texts.some((text) => isDeepStrictEqual(payloadOf(text), NOTE))) throw new Error(`answered ${texts[0]}`);
}

async function sendEvents(connections: readonly LoadConnection[]): Promise<void> {
  const { events } = await fanOut(connections, 1);
  if (events < connections.length) throw new Error(`${events} events on ${connections.length} connections`);
}

/** Connects three times to a server, and ends all of it afterwards. */
async function check(serverName: ServerName, dialectName: DialectName, work: Work): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-bench-'));
  const server = await (await servers[serverName]())(directory);
  const dialect = (await dialects[dialectName]())(server.facts ?? {});
  try {
    const connections: LoadConnection[] = [];
    await new Promise<void>((resolve, reject) => {
      const open = () => openConnection({ port: server.port, dialect, listener: {}, fail: reject });
      const all = async () => {
        for (let count = 0; count < 3; count += 1) connections.push(await open());
        await work(connections, dialect);
      };
      all().then(resolve, reject);
    });
    await Promise.all(connections.map((connection) => connection.close()));
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

answerCalls({
  /** What does not work, one line each, and which servers and dialects were tried. */
  async run() {
    const failures: string[] = [];
    for (const { work, pairs } of checks) {
      for (const [server, dialect] of pairs) {
        await check(server, dialect, work).catch((cause) => failures.push(`${server} with ${dialect}: ${cause}`));
      }
    }
    const pairs = checks.flatMap((one) => one.pairs);
    const untried = [
      ...Object.keys(servers).filter((name) => !pairs.some(([server]) => server === name)),
      ...Object.keys(dialects).filter((name) => !pairs.some(([, dialect]) => dialect === name)),
    ];
    return { failures, untried };
  },
});
