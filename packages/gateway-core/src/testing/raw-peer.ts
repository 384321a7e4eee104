import type { Connection } from '../ports/channel.ts';
import { createFakeChannel, type FakeChannel } from './fake-channel.ts';
import { createDevice, sha256Text, type TestDevice } from './node-device.ts';

/** A frame as a peer gets it, before anybody judged it. */
export interface WireFrame {
  readonly request_id?: string;
  readonly type: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly ok?: boolean;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly details?: unknown;
    readonly retryable?: boolean;
    readonly retry_after_ms?: number;
  };
  readonly replayed?: boolean;
  readonly as_of?: string;
  readonly trace?: unknown;
  readonly event_id?: string;
  readonly occurred_at?: string;
  readonly scope?: unknown;
  readonly cursor?: string;
  readonly prev?: string;
}

/** What a `connect.init` says, as far as it is not the usual. */
export interface Introduction {
  readonly revision?: 2 | 3;
  readonly role?: 'client' | 'node';
  readonly capabilities?: readonly { readonly id: string; readonly version?: string }[];
  readonly extensions?: readonly { readonly id: string; readonly hash: string }[];
  readonly resume?: string;
  /** Replaces members of the payload; `undefined` takes one away. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** A minimal peer: it writes frames by hand, proves its key, and keeps whatever it gets. It judges nothing. */
export interface RawPeer {
  readonly device: TestDevice;
  readonly channel: FakeChannel;
  readonly connection: Connection;
  /** Every frame that it has read, oldest first. */
  readonly frames: readonly WireFrame[];
  /** The events among them, of one type where that is given. */
  events(type?: string): readonly WireFrame[];
  /** The responses to one request. */
  responses(requestId: string): readonly WireFrame[];
  /** The last frame. @throws {Error} when there is none */
  readonly last: WireFrame;
  readonly closeCode: number | undefined;
  readonly closeReason: string;

  sendText(text: string): void;
  send(frame: Readonly<Record<string, unknown>>): void;
  /** Sends `connect.init`; answers the text. */
  introduce(introduction?: Introduction): string;
  /** Sends `connect.proof` for the init result that came. `signed` replaces what is signed. */
  prove(signed?: string): string;
  /** What it has to sign now. */
  readonly transcript: string;
  /** Sends a request; answers its id. */
  ask(type: string, payload: unknown, more?: Readonly<Record<string, unknown>>): string;
  /** Answers a request of the gateway. */
  answer(request: WireFrame, answer: Readonly<Record<string, unknown>>): void;
}

export interface RawPeerOptions {
  readonly accept: (channel: FakeChannel) => Connection;
  readonly device?: TestDevice;
  /** The base contract's hash at revision 3. */
  readonly contractHash: string;
  /** Is told every text that the peer reads. */
  readonly onText?: (text: string) => void;
}

export function createRawPeer(options: RawPeerOptions): RawPeer {
  const { device = createDevice(), contractHash } = options;
  const frames: WireFrame[] = [];
  const texts: string[] = [];
  const channel = createFakeChannel((text) => {
    texts.push(text);
    frames.push(JSON.parse(text));
    options.onText?.(text);
  });
  const connection = options.accept(channel);
  channel.attach(connection);
  let role = 'client';
  let initText = '';
  let count = 0;

  const peer: RawPeer = {
    device,
    channel,
    connection,
    frames,
    events: (type) => frames.filter((frame) => frame.event_id !== undefined && (type ?? frame.type) === frame.type),
    responses: (requestId) => frames.filter((frame) => frame.ok !== undefined && frame.request_id === requestId),
    get last() {
      const last = frames.at(-1);
      if (last === undefined) throw new Error('nothing has come yet');
      return last;
    },
    get closeCode() {
      return channel.closing?.code;
    },
    get closeReason() {
      return channel.closing?.reason ?? '';
    },
    sendText: (text) => channel.deliver(text),
    send: (frame) => channel.deliver(JSON.stringify(frame)),
    introduce(introduction = {}) {
      role = introduction.role ?? 'client';
      initText = JSON.stringify({ request_id: 'init', type: 'connect.init', payload: initPayload(introduction) });
      peer.sendText(initText);
      return initText;
    },
    get transcript() {
      const resultText = texts.find((text) => text.includes('"challenge"')) ?? '{}';
      const { result = {} } = JSON.parse(resultText) as WireFrame;
      const { connection_id, challenge, gateway } = result;
      if (gateway === undefined) {
        return `tyrum-connect-proof\nprotocol_rev=2\nrole=${role}\ndevice_id=${device.id}\nconnection_id=${connection_id}\nchallenge=${challenge}\n`;
      }
      const { gateway_id } = gateway as { gateway_id: string };
      return [
        'tyrum-connect-proof-v3',
        'protocol_rev=3',
        `connection_id=${connection_id}`,
        `device_id=${device.id}`,
        `gateway_id=${gateway_id}`,
        `init_sha256=${sha256Text(initText)}`,
        `result_sha256=${sha256Text(resultText)}`,
        '',
      ].join('\n');
    },
    prove(signed = peer.transcript) {
      const connection_id = frames.find(({ result }) => result?.challenge !== undefined)?.result?.connection_id;
      const text = JSON.stringify({
        request_id: 'proof',
        type: 'connect.proof',
        payload: { connection_id, proof: device.sign(signed) },
      });
      peer.sendText(text);
      return text;
    },
    ask(type, payload, more = {}) {
      count += 1;
      const request_id = `r-${count}`;
      peer.send({ request_id, type, payload, ...more });
      return (more.request_id as string | undefined) ?? request_id;
    },
    answer: ({ request_id, type }, answer) => peer.send({ request_id, type, ...answer }),
  };

  function initPayload({ revision = 3, capabilities, extensions, resume, payload, ...said }: Introduction) {
    return {
      protocol_rev: revision,
      role: said.role ?? 'client',
      device: { device_id: device.id, pubkey: device.pubkey },
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(revision === 2
        ? {}
        : {
            protocol_revs: [2, 3],
            client_nonce: 'YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8',
            contract_hash: contractHash,
          }),
      ...(extensions === undefined ? {} : { extensions }),
      ...(resume === undefined ? {} : { resume: { cursor: resume } }),
      ...payload,
    };
  }

  return peer;
}
