/** A client in its own process: the library's, or raw `ws` with `JSON.parse`, which is the least that one can do. */
import { createClient, generateIdentity } from '@tyrum/client-sdk';
import { WebSocket } from 'ws';
import { NOTE, NOTE_TEXT } from '../payload.ts';
import { answerCalls } from '../process/calls.ts';
import { contract } from '../servers/tyrum-contract.ts';

interface Target {
  readonly port: number;
  readonly facts: { readonly token?: string; readonly resumes?: boolean };
}

/** A client that is connected and hears of events. */
interface Hearing {
  publish(): void;
  close(): Promise<void>;
}

const [kind = 'plain'] = process.argv.slice(2);
const connect = kind === 'tyrum' ? connectLibrary : connectRaw;
let target: Target = { port: 0, facts: {} };
let hearing: Hearing | undefined;
let heard = 0;
let wanted = Number.POSITIVE_INFINITY;
let counted: Promise<number> = Promise.resolve(0);
let onAll = (): void => undefined;

function hear(payload: { readonly priority: number }): void {
  if (payload.priority !== NOTE.priority) throw new Error('an event came without what it should carry');
  heard += 1;
  if (heard >= wanted) onAll();
}

function expectEvents(count: number): Promise<void> {
  heard = 0;
  wanted = count;
  return new Promise((resolve) => {
    onAll = resolve;
  });
}

async function connectLibrary(): Promise<Hearing> {
  const client = createClient({
    url: `ws://127.0.0.1:${target.port}/ws`,
    token: target.facts.token ?? '',
    identity: await generateIdentity(),
    contract,
  });
  client.on('bench.published', ({ payload }) => hear(payload));
  await client.connect();
  return {
    publish: () => void client.request('bench.publish', { ...NOTE, tags: [...NOTE.tags] }),
    close: () => client.close(),
  };
}

function connectRaw(): Promise<Hearing> {
  const webSocket = new WebSocket(`ws://127.0.0.1:${target.port}`, { perMessageDeflate: false });
  webSocket.on('message', (data) => {
    const { event, payload } = JSON.parse(String(data));
    if (event !== undefined) hear(payload);
  });
  return new Promise((resolve, reject) => {
    webSocket.once('error', reject);
    webSocket.once('open', () =>
      resolve({
        publish: () => webSocket.send(`{"id":1,"type":"publish","payload":${NOTE_TEXT}}`),
        async close() {
          webSocket.terminate();
        },
      }),
    );
  });
}

answerCalls({
  target(given: Target) {
    target = given;
  },
  /** Milliseconds from nothing to an event that this client has had published itself. */
  async firstEvent() {
    const all = expectEvents(1);
    const beganAt = performance.now();
    const client = await connect();
    client.publish();
    await all;
    const ms = performance.now() - beganAt;
    await client.close();
    return ms;
  },
  /** Connects, and says so: what is written from now on comes here. */
  async listen(count: number) {
    const all = expectEvents(count);
    const { user, system } = process.cpuUsage();
    hearing = await connect();
    counted = all.then(() => {
      const now = process.cpuUsage();
      return (now.user + now.system - user - system) / count;
    });
  },
  /** Asks a server that sends all it has to whoever says something. */
  wake: () => hearing?.publish(),
  /** Microseconds of a processor for each event, once all have come. */
  async heard() {
    const cpuUs = await counted;
    await hearing?.close();
    return cpuUs;
  },
});
