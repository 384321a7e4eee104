import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleGatewayCommand } from '../../../../scripts/workspace/bundle-gateway-command.ts';
import { startMeasuredGateway } from './measured-gateway.ts';
import { connectRawPeer, type RawPeer } from './raw-peer.ts';
import { createReaders, stamped } from './readers.ts';

export interface FlowOptions {
  /** Durable events in each part. */
  readonly events: number;
  /** Connections that read, and as many that never do. */
  readonly readers: number;
  /** Durable events per second. */
  readonly rate: number;
  /** Characters of a message. */
  readonly messageBytes: number;
  /** Further settings of the gateway, as on a command line. */
  readonly flags: readonly string[];
  readonly onProgress: (part: string, events: number) => void;
}

/** How long what one part sent took to arrive, in milliseconds. */
export interface Part {
  readonly name: string;
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  /** Bytes by which the gateway's memory grew from its beginning to its end. */
  readonly growth: number;
}

export interface Flow {
  readonly parts: readonly Part[];
  /** The readers' p99 beside peers that never read, as a multiple of the mean of the parts before and after. */
  readonly ratio: number;
  /**
   * Bytes by which the gateway's memory grew in that part beyond what it grew in the same part after, by connection that never
   * reads: what the same events cost anyway is not theirs. (The first part warms up, and grows by more.)
   */
  readonly growthPerStalled: number;
  /** How many of those that never read were still connected in the end. */
  readonly stillConnected: number;
}

/** A message and its answer are two large events; the turn around them is nine small ones. */
const EVENTS_PER_MESSAGE = 11;
const CONVERSATIONS = 16;
const STEP_MS = 20;
/** How long the last events may take to arrive. */
const REST_MS = 60_000;
/** A peer that never reads is not to be closed before the end: it is what it costs that is measured. */
const FLAGS = ['--stall-ms', '3600000', '--heartbeat-ms', '3600000', '--log-level', 'error'];

/** Sends the same to readers alone, then beside as many peers that never read, then to readers alone again. */
export async function measureFlow(options: FlowOptions): Promise<Flow> {
  const { readers: readerCount, onProgress } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tyrum-flow-'));
  const token = randomBytes(32).toString('base64url');
  const command = await bundleGatewayCommand(folder);
  const flags = [...FLAGS, ...options.flags];
  const gateway = await startMeasuredGateway({ command, data: join(folder, 'gateway'), token, flags });
  const readers = createReaders();
  const connect = (onText: (text: string, peer: RawPeer) => void) =>
    connectRawPeer({ url: gateway.url, token, onText });
  try {
    const honest = await several(readerCount, () => connect(readers.take));
    const writer = await connect(acknowledgeAll());
    const conversations = await several(CONVERSATIONS, async () => {
      const { conversation } = await writer.ask('conversation.create', {});
      return String((conversation as { conversation_id: string }).conversation_id);
    });

    async function part(name: string, events = options.events): Promise<Part> {
      readers.begin();
      const memoryBefore = await gateway.memory();
      const messages = Math.ceil(events / EVENTS_PER_MESSAGE);
      const begun = performance.now();
      for (let sent = 0; sent < messages; ) {
        const due = Math.min(messages, ((performance.now() - begun) / 1000) * (options.rate / EVENTS_PER_MESSAGE));
        for (; sent < due; sent += 1) {
          writer.request('conversation.send', {
            conversation_id: conversations[sent % CONVERSATIONS],
            content: [{ type: 'text', text: stamped(options.messageBytes) }],
          });
        }
        onProgress(name, Math.floor(readers.events / readerCount));
        await pause(STEP_MS);
      }
      const due = messages * EVENTS_PER_MESSAGE * readerCount;
      for (let waited = 0; readers.events < due; waited += STEP_MS) {
        if (waited > REST_MS) throw new Error(`${readers.events} of ${due} events arrived`);
        await pause(STEP_MS);
      }
      const lost = honest.find(({ closeCode }) => closeCode !== undefined);
      if (lost !== undefined) throw new Error(`a reader was closed with ${lost.closeCode}`);
      const sorted = Float64Array.from(readers.latencies).sort();
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      const growth = (await gateway.memory()) - memoryBefore;
      return { name, events: Math.floor(readers.events / readerCount), p50: at(0.5), p99: at(0.99), growth };
    }

    await part('warming up', Math.ceil(options.events / 20));
    const before = await part('readers alone');
    const stalled = await several(readerCount, () => connect(() => {}));
    for (const peer of stalled) peer.stall();
    const beside = await part('beside as many that never read');
    const stillConnected = stalled.filter(({ closeCode }) => closeCode === undefined).length;
    for (const peer of stalled) peer.cut();
    const after = await part('readers alone again');
    for (const peer of [...honest, writer]) peer.cut();
    return {
      parts: [before, beside, after],
      ratio: beside.p99 / ((before.p99 + after.p99) / 2),
      growthPerStalled: (beside.growth - Math.max(0, after.growth)) / readerCount,
      stillConnected,
    };
  } finally {
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function several<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let at = 0; at < count; at += 1) made.push(await make());
  return made;
}

/** The writer is sent what everybody is sent, and keeps up. */
function acknowledgeAll(): (text: string, peer: RawPeer) => void {
  const readers = createReaders();
  return (text, peer) => {
    readers.take(text, peer);
    readers.begin();
  };
}
