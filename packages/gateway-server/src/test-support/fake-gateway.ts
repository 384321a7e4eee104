import { EventEmitter, once } from 'node:events';
import { ProtocolError, tyrum } from '@tyrum/contracts';
import type { Channel, Connection, Upgrade } from '@tyrum/gateway-core';
import type { FrontTarget } from '../http/front.ts';

/** One accepted socket, as the gateway sees it. */
export interface AcceptedSocket {
  readonly channel: Channel;
  readonly upgrade: Upgrade;
  /** Whether the handshake counts as complete. */
  open: boolean;
  /** What came, in order: texts, and `binary`, `alive`, `drained` for what is not text. */
  readonly received: string[];
  /** Resolves when there are so many texts, or so many of the other kind. */
  until(count: number, kind?: 'text' | 'binary' | 'alive' | 'drained'): Promise<void>;
  /** Resolves with the code and the reason of the end. */
  readonly ended: Promise<readonly [code: number, reason: string]>;
}

export interface FakeGateway extends FrontTarget {
  draining: boolean;
  /** What the store says when it is asked whether it commits. */
  storeFailure: Error | undefined;
  readonly accepted: AcceptedSocket[];
  /** Runs in `accept`, for every text, and each time that everything was written. */
  onAccept: (accepted: AcceptedSocket) => void;
  onText: (accepted: AcceptedSocket, text: string) => void;
  onDrained: (accepted: AcceptedSocket) => void;
  /** Resolves with the next socket that is accepted. */
  next(): Promise<AcceptedSocket>;
}

const OTHER = new Set(['binary', 'alive', 'drained']);

/** A gateway without a protocol: it takes sockets and remembers what came on them. */
export function fakeGateway({ max_frame_bytes = 1_048_576 } = {}): FakeGateway {
  const signals = new EventEmitter();
  const gateway: FakeGateway = {
    contract: tyrum,
    limits: { max_frame_bytes, drain_ms: 10_000 },
    draining: false,
    storeFailure: undefined,
    accepted: [],
    onAccept: () => {},
    onText: () => {},
    onDrained: () => {},
    async next() {
      const [accepted] = await once(signals, 'accepted');
      return accepted;
    },
    accept(channel, upgrade) {
      const accepted = acceptSocket(gateway, channel, upgrade);
      gateway.accepted.push(accepted);
      gateway.onAccept(accepted);
      signals.emit('accepted', accepted);
      return accepted.connection;
    },
    call: ({ type }) => Promise.resolve({ status: 200, text: JSON.stringify({ type }) }),
    artifacts: {
      mostBytes: 0,
      put: () => Promise.reject(new ProtocolError('unsupported_operation', 'no artifacts here')),
      get: () => Promise.reject(new ProtocolError('unsupported_operation', 'no artifacts here')),
    },
    async checkReady() {
      if (gateway.storeFailure !== undefined) throw gateway.storeFailure;
    },
    async close() {
      gateway.draining = true;
      for (const { channel } of gateway.accepted) channel.close(1012, 'the gateway restarts');
    },
  };
  return gateway;
}

function acceptSocket(gateway: FakeGateway, channel: Channel, upgrade: Upgrade) {
  const signals = new EventEmitter();
  const note = (what: string) => {
    accepted.received.push(what);
    signals.emit('received');
  };
  const accepted: AcceptedSocket & { readonly connection: Connection } = {
    channel,
    upgrade,
    open: false,
    received: [],
    ended: once(signals, 'ended') as Promise<[number, string]>,
    async until(count, kind = 'text') {
      const isKind = (what: string) => (kind === 'text' ? !OTHER.has(what) : what === kind);
      while (accepted.received.filter(isKind).length < count) await once(signals, 'received');
    },
    connection: {
      get open() {
        return accepted.open;
      },
      receive(text) {
        note(text);
        gateway.onText(accepted, text);
      },
      receiveBinary: () => note('binary'),
      alive: () => note('alive'),
      awaitsDrain: true,
      drained() {
        note('drained');
        gateway.onDrained(accepted);
      },
      closed: (code, reason) => signals.emit('ended', code, reason),
    },
  };
  return accepted;
}
