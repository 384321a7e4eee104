import { createHash } from 'node:crypto';
import {
  agree,
  CLOSE_CODES,
  type CloseName,
  type Contract,
  connectInit,
  DEFAULT_LIMITS,
  type Decoded,
  decodeFrame,
  type EventScope,
  fromBase64Url,
  gatewayTranscript,
  type Limits,
  type MutualFacts,
  peerTranscript,
  publicKeyDer,
  type Recovery,
  type RequestFrame,
  type ResponseFrame,
  readAs,
  schemaAt,
  toBase64Url,
  transcriptAt2,
  tyrum,
} from '@tyrum/contracts';
import type { ConnectSocket, SocketEvents, SocketRequest } from '../src/index.ts';
import { gatewayKey, syncCrypto } from './keys.ts';

/** What a scripted gateway does unless a test tells it otherwise. */
export interface FakeGatewayOptions {
  readonly contract?: Contract;
  readonly revisions?: readonly number[];
  readonly limits?: Partial<Limits>;
  readonly key?: ReturnType<typeof gatewayKey>;
  /** Answers `resume`; by default a wish is granted. */
  readonly recovery?: (resume: string | undefined) => Recovery;
  /** Changes what is about to be sent in the handshake, to be a gateway that is wrong. */
  readonly tamper?: (type: string, text: string) => string;
  /** Keeps a socket from opening: it is closed with this instead. */
  readonly unreachable?: () => boolean;
  /** Closes right after the socket opened. */
  readonly refuse?: (request: SocketRequest) => CloseName | undefined;
}

export interface FakeGateway {
  readonly connectSocket: ConnectSocket;
  readonly connections: readonly FakeConnection[];
  /** The newest connection. */
  readonly last: FakeConnection;
  /** Mutable: what the next connection meets. */
  options: FakeGatewayOptions;
  /** Everything that a client did against the specification. */
  readonly violations: readonly string[];
  /** The event log's cursor after what was emitted so far. */
  readonly head: string;
}

export interface FakeConnection {
  readonly request: SocketRequest;
  /** Raw frames from the client, handshake included. */
  readonly received: readonly string[];
  /** The payload of `connect.init`. */
  readonly offer: Record<string, unknown>;
  readonly open: boolean;
  readonly closedBy: { readonly code: number; readonly reason: string } | undefined;
  /** Requests after the handshake that were not answered yet, `ping` and `events.ack` left out. */
  readonly requests: readonly RequestFrame[];
  readonly pings: number;
  /** Cursors that were acknowledged. */
  readonly acks: readonly string[];
  /** Responses to requests of the gateway. */
  readonly responses: readonly ResponseFrame[];
  /** Whether pings and acknowledgements are answered. */
  silent: boolean;
  /** Answers the oldest open request of the type. */
  answer(type: string, result?: unknown, more?: { readonly as_of?: string; readonly replayed?: true }): void;
  refuse(
    type: string,
    error: {
      readonly code: string;
      readonly message?: string;
      readonly retryable?: boolean;
      readonly retry_after_ms?: number;
      readonly details?: unknown;
    },
  ): void;
  /** A durable event: the log's next; answers its cursor. */
  emit(
    type: string,
    payload: unknown,
    options?: { readonly eventId?: string; readonly prev?: string; readonly scope?: EventScope },
  ): string;
  /** An event outside the log. */
  emitLive(type: string, payload: unknown): void;
  /** A request of the gateway. */
  ask(type: string, payload: unknown, requestId?: string): void;
  sendRaw(data: unknown): void;
  close(code: number | CloseName, reason?: string): void;
}

interface LogEntry {
  readonly eventId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly cursor: string;
}

/** A gateway in memory that shakes hands as the specification says, reads strictly, and otherwise does what a test tells it. */
export function createFakeGateway(initial: FakeGatewayOptions = {}): FakeGateway {
  const connections: FakeConnection[] = [];
  const violations: string[] = [];
  const log: LogEntry[] = [];
  let events = 0;
  const cursorAt = (length: number) => `c.${length}`;

  const gateway: FakeGateway = {
    options: initial,
    connections,
    violations,
    get last() {
      const last = connections.at(-1);
      if (last === undefined) throw new Error('no connection was made');
      return last;
    },
    get head() {
      return cursorAt(log.length);
    },
    connectSocket(request, socketEvents) {
      const connection = createConnection(request, socketEvents, gateway.options);
      connections.push(connection.face);
      connection.begin();
      return {
        send: connection.receive,
        close: connection.closedByClient,
        bufferedBytes: 0,
      };
    },
  };

  function createConnection(request: SocketRequest, socketEvents: SocketEvents, options: FakeGatewayOptions) {
    const contract = options.contract ?? tyrum;
    const revisions = options.revisions ?? contract.served;
    const key = options.key ?? gatewayKey();
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const connectionId = uuid(connections.length + 1);
    const challenge = toBase64Url(new Uint8Array(32).fill(connections.length + 1));
    const received: string[] = [];
    const requests: RequestFrame[] = [];
    const acks: string[] = [];
    const responses: ResponseFrame[] = [];
    let phase: 'init' | 'proof' | 'open' | 'closed' = 'init';
    let revision = 2;
    let offer: Record<string, unknown> = {};
    let facts: MutualFacts | undefined;
    let prev = '';
    let pings = 0;
    let closedBy: FakeConnection['closedBy'];

    /** Later, as a network would: nothing of this happens inside a call of the client. */
    const soon = (action: () => void) => queueMicrotask(action);
    const write = (text: string) => soon(() => phase !== 'closed' && socketEvents.message(text));

    function close(code: number | CloseName, reason = ''): void {
      soon(() => {
        if (phase === 'closed') return;
        phase = 'closed';
        socketEvents.closed(typeof code === 'number' ? code : CLOSE_CODES[code].code, reason);
      });
    }

    function receive(text: string): void {
      if (phase === 'closed') return;
      received.push(text);
      if (phase !== 'open' && Buffer.byteLength(text) > 16_384) violations.push('a handshake frame over 16 KiB');
      const decoded = decodeFrame(text, { revision: phase === 'open' ? revision : 2, unknownKeys: 'refuse' });
      if (phase === 'init') return init(decoded, text);
      if (phase === 'proof') return void judgeProof(decoded);
      if (decoded.kind === 'response') return response(decoded.frame);
      if (decoded.kind !== 'request') return void violations.push(`sent ${JSON.stringify(decoded)}`);
      judgeRequest(decoded.frame);
    }

    function init(decoded: Decoded, text: string): void {
      if (decoded.kind !== 'request' || decoded.frame.type !== 'connect.init') {
        violations.push(`began with ${text}`);
        return close('bad_handshake');
      }
      offer = decoded.frame.payload as Record<string, unknown>;
      const bare = offer.protocol_revs === undefined;
      const schema = schemaAt(connectInit.payload, bare ? 2 : (contract.served.at(-1) as number), 'gateway');
      const reading = readAs(schema, offer, 'payload');
      if (!reading.fits) violations.push(`connect.init: ${reading.message}`);
      const agreement = agree(offer as unknown as Parameters<typeof agree>[0], { ...contract, revisions });
      if (agreement.outcome !== 'agreed') {
        if (!bare) {
          const error = { code: agreement.outcome, message: 'not agreed', details: agreement.details };
          write(JSON.stringify({ request_id: decoded.frame.request_id, type: 'connect.init', ok: false, error }));
        }
        return close('no_common_revision');
      }
      revision = agreement.revision;
      const extensions = (offer.extensions as { id: string }[] | undefined)?.filter(({ id }) =>
        agreement.extensions.includes(id),
      );
      const result = {
        connection_id: connectionId,
        challenge,
        ...(revision < 3
          ? {}
          : {
              protocol_rev: revision,
              contract_hash: contract.hashes[revision],
              ...(extensions === undefined || extensions.length === 0 ? {} : { extensions }),
              gateway: { gateway_id: key.id, pubkey: key.pubkey },
              limits,
              durability: 'disk',
            }),
      };
      const answer = JSON.stringify({ request_id: decoded.frame.request_id, type: 'connect.init', ok: true, result });
      facts = {
        revision,
        connectionId,
        deviceId: (offer.device as { device_id: string }).device_id,
        gatewayId: key.id,
        initSha256: digest(text),
        resultSha256: digest(answer),
      };
      phase = 'proof';
      write(options.tamper?.('connect.init', answer) ?? answer);
    }

    async function judgeProof(decoded: Decoded): Promise<void> {
      if (decoded.kind !== 'request' || decoded.frame.type !== 'connect.proof') {
        violations.push('expected connect.proof');
        return close('bad_handshake');
      }
      const payload = decoded.frame.payload as { connection_id: string; proof: string };
      const device = offer.device as { device_id: string; pubkey: string };
      const role = String(offer.role);
      const text =
        revision < 3
          ? transcriptAt2({ role, deviceId: device.device_id, connectionId, challenge })
          : peerTranscript(facts as MutualFacts);
      const der = publicKeyDer(device.pubkey);
      const signature = fromBase64Url(payload.proof);
      if (der === undefined || signature === undefined || !(await syncCrypto.verify(der, Buffer.from(text), signature)))
        return close('invalid_proof');
      phase = 'open';
      const resume = (offer.resume as { cursor: string } | undefined)?.cursor;
      const recovery = (options.recovery ?? grant)(resume);
      const resumed =
        recovery.outcome === 'resumed'
          ? Number((resume === 'acked' ? ackedCursor() : (resume ?? '')).slice(2))
          : log.length;
      prev = cursorAt(resumed);
      const result = {
        client_id: connectionId,
        device_id: device.device_id,
        role,
        ...(revision < 3
          ? {}
          : {
              gateway_proof: toBase64Url(key.sign(gatewayTranscript(facts as MutualFacts, digest(payload.proof)))),
              recovery,
              cursor: prev,
            }),
      };
      const answer = JSON.stringify({ request_id: decoded.frame.request_id, type: 'connect.proof', ok: true, result });
      write(options.tamper?.('connect.proof', answer) ?? answer);
      if (revision >= 3) for (const entry of log.slice(resumed)) sendLogged(entry);
    }

    function ackedCursor(): string {
      return connections.flatMap((connection) => connection.acks).at(-1) ?? 'c.0';
    }

    function sendLogged(
      { eventId, type, payload, cursor }: LogEntry,
      overrides: { prev?: string; scope?: EventScope } = {},
    ): void {
      const { scope } = overrides;
      const chained = revision < 3 ? {} : { cursor, prev: overrides.prev ?? prev };
      prev = cursor;
      write(
        JSON.stringify({
          event_id: eventId,
          type,
          occurred_at: OCCURRED_AT,
          ...(scope === undefined ? {} : { scope }),
          payload,
          ...chained,
        }),
      );
    }

    function judgeRequest(frame: RequestFrame): void {
      const view = contract.at(revision).requests.get(frame.type);
      const reading = view === undefined ? undefined : readAs(view.payload, frame.payload, 'payload');
      if (reading === undefined) violations.push(`${frame.type} does not exist at revision ${revision}`);
      else if (!reading.fits) violations.push(`${frame.type}: ${reading.message}`);
      const answer = (more: object) =>
        write(JSON.stringify({ request_id: frame.request_id, type: frame.type, ok: true, ...more }));
      if (frame.type === 'ping') {
        pings += 1;
        if (!face.silent) answer({});
      } else if (frame.type === 'events.ack') {
        const { cursor } = frame.payload as { cursor: string };
        acks.push(cursor);
        if (!face.silent) answer({});
      } else requests.push(frame);
    }

    function response(frame: ResponseFrame): void {
      responses.push(frame);
      const schema = contract.at(revision).requests.get(frame.type)?.result;
      if (!frame.ok) {
        if (revision < 3 && ('retryable' in frame.error || 'retry_after_ms' in frame.error))
          violations.push(`${frame.type}: an error key of revision 3`);
      } else if (schema === undefined ? frame.result !== undefined : !readAs(schema, frame.result, 'result').fits) {
        violations.push(`${frame.type}: a result that does not fit: ${JSON.stringify(frame.result)}`);
      }
    }

    function take(type: string): RequestFrame {
      const at = requests.findIndex((candidate) => candidate.type === type);
      const [frame] = at < 0 ? [] : requests.splice(at, 1);
      if (frame === undefined)
        throw new Error(`no open request ${type}, only ${requests.map((each) => each.type).join(', ')}`);
      return frame;
    }

    const face: FakeConnection = {
      request,
      received,
      requests,
      acks,
      responses,
      silent: false,
      get offer() {
        return offer;
      },
      get open() {
        return phase === 'open';
      },
      get closedBy() {
        return closedBy;
      },
      get pings() {
        return pings;
      },
      answer(type, result, more = {}) {
        const { request_id } = take(type);
        write(JSON.stringify({ request_id, type, ok: true, ...(result === undefined ? {} : { result }), ...more }));
      },
      refuse(type, error) {
        const { request_id } = take(type);
        write(JSON.stringify({ request_id, type, ok: false, error: { message: 'refused', ...error } }));
      },
      emit(type, payload, overrides = {}) {
        const entry = {
          eventId: overrides.eventId ?? uuid(1_000 + ++events),
          type,
          payload,
          cursor: cursorAt(log.length + 1),
        };
        log.push(entry);
        if (phase === 'open') sendLogged(entry, overrides);
        return entry.cursor;
      },
      emitLive(type, payload) {
        write(JSON.stringify({ event_id: uuid(1_000 + ++events), type, occurred_at: OCCURRED_AT, payload }));
      },
      ask(type, payload, requestId = uuid(5_000 + ++events)) {
        write(JSON.stringify({ request_id: requestId, type, payload }));
      },
      sendRaw: (data) => soon(() => phase !== 'closed' && socketEvents.message(data)),
      close,
    };

    return {
      face,
      receive,
      begin() {
        soon(() => {
          if (options.unreachable?.()) return close(1006, 'unreachable');
          if (phase === 'closed') return;
          socketEvents.opened();
          const refused = options.refuse?.(request);
          if (refused !== undefined) close(refused);
        });
      },
      closedByClient(code: number, reason: string) {
        if (phase === 'closed') return;
        phase = 'closed';
        closedBy = { code, reason };
        soon(() => socketEvents.closed(code, reason));
      },
    };
  }

  return gateway;
}

const OCCURRED_AT = '2026-01-02T03:04:05.678Z';

function grant(resume: string | undefined): Recovery {
  return resume === undefined ? { outcome: 'fresh' } : { outcome: 'resumed' };
}

function digest(text: string): string {
  return toBase64Url(createHash('sha256').update(text).digest());
}

/** A well-formed UUID that tells where it comes from. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}
