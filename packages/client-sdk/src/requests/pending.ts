import {
  type Clock,
  type Contract,
  canonicalJson,
  DEFAULT_LIMITS,
  type ErrorResponseFrame,
  exceedsUtf8,
  ProtocolError,
  type Random,
  type ResponseFrame,
  randomFraction,
  randomUuid,
} from '@tyrum/contracts';
import { ClientError } from '../client-error.ts';
import type { ClientLimits } from '../client-limits.ts';
import type { Link } from '../connection/connection.ts';
import { reconnectDelay } from '../connection/reconnect.ts';
import { afterLong } from '../long-timer.ts';
import type { Outbox, OutboxRecord } from './outbox.ts';
import { payloadText, refusalOf, requestFrame, wireIdAt } from './outgoing.ts';
import type { PendingRequest } from './pending-request.ts';
import { type Reply, readError, readReply } from './response.ts';
import type { Settled } from './settled.ts';
import { createWaiter, type RequestOptions, type Waiter } from './waiter.ts';

/** Everything that was asked and has not been answered. */
export interface Pending {
  /** @throws {ProtocolError} what the gateway answers, or would; @throws {ClientError} what happens on this side */
  request(type: string, payload: unknown, options: RequestOptions): Promise<Reply>;
  /** Takes requests, also after `halt`. */
  start(): void;
  /** Takes up what an earlier process left behind, once. @throws {ClientError} `storage_failed` */
  restore(): Promise<void>;
  opened(link: Link): void;
  /** What is in flight on the connection, in requests. */
  readonly inFlight: number;
  receive(frame: ResponseFrame): void;
  /** A response came that cannot be read. */
  receiveUnreadable(requestId: string, message: string): void;
  /** Nothing new goes out on this connection any more. */
  hold(): void;
  lost(): void;
  /** Rejects everything; what is kept stays kept. */
  halt(error: ClientError): void;
}

export interface PendingOptions {
  readonly contract: Contract;
  /** The revision hoped for while none is agreed. */
  readonly revision: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ClientLimits;
  readonly timeoutMs: number | undefined;
  /** Absent: nothing outlives the process. */
  readonly outbox: Outbox | undefined;
  /** The last request in flight on a held connection was answered. */
  readonly onIdle: () => void;
  readonly onSettled: (settled: Settled) => void;
  readonly onError: (error: unknown, where: string) => void;
}

type Outcome = { readonly reply: Reply } | { readonly error: ProtocolError | ClientError };

/** Refusals after which the same request, a little later, is what the caller wants. */
const RETRIED = new Set(['rate_limited', 'overloaded', 'unavailable']);
/** Room of the connection that the client keeps for its own acknowledgements and pings. */
const RESERVED = 2;
/** Bytes that wait in the socket, above which nothing more is handed to it. */
const HIGH_WATER_BYTES = 4_194_304;
const DRAIN_CHECK_MS = 20;

export function createPending(options: PendingOptions): Pending {
  const { contract, clock, random, limits, outbox } = options;
  const effects = new Map(
    contract.definitions.flatMap((each) => (each.kind === 'request' ? [[each.type, each.effect] as const] : [])),
  );
  /** By request id. */
  const all = new Map<string, PendingRequest>();
  const byKey = new Map<string, PendingRequest>();
  /** By type and the id on the wire. */
  const sent = new Map<string, PendingRequest>();
  let queue: PendingRequest[] = [];
  let link: Link | undefined;
  let holding = false;
  let halted: ClientError | undefined;
  let restored = false;
  let nextOrder = 0;
  /** What an earlier process left goes before anything of this one. */
  let nextEarlierOrder = Number.MIN_SAFE_INTEGER;
  let cancelCheck = () => {};

  async function request(type: string, payload: unknown, requestOptions: RequestOptions): Promise<Reply> {
    const { signal, idempotencyKey } = requestOptions;
    if (halted !== undefined) throw new ClientError(halted.code, halted.message, { cause: halted, sent: false });
    if (signal?.aborted) throw new ClientError('aborted', `${type} was aborted`, { sent: false, cause: signal.reason });
    const view = link?.session.view ?? contract.at(options.revision);
    const refusal = refusalOf(contract, view, link?.session, type, payload ?? {});
    if (refusal !== undefined) throw refusal;
    const text = payloadText(type, payload);

    const same = idempotencyKey === undefined ? undefined : byKey.get(keyOf(type, idempotencyKey));
    if (same !== undefined && !samePayload(same.payload, text)) throw conflict(type);
    if (same === undefined && all.size >= limits.maxPending) {
      throw new ClientError('queue_full', `${type}: ${all.size} requests wait already`, { sent: false });
    }
    const effect = effects.get(type);
    const pending =
      same ??
      add({
        order: nextOrder++,
        requestId: randomUuid(random),
        type,
        payload: text,
        idempotencyKey,
        trace: requestOptions.trace,
        kept: outbox !== undefined && effect === 'once',
      });
    pending.checkedAt = view.revision;
    const timeoutMs = requestOptions.timeoutMs ?? options.timeoutMs;
    const { waiter, promise } = createWaiter(
      clock,
      type,
      { ...requestOptions, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      abandon,
    );
    pending.waiters.add(waiter);
    if (same === undefined) {
      if (pending.kept) record(pending, link !== undefined && !holding);
      enqueue(pending);
    }
    return promise;
  }

  function add(
    words: Pick<PendingRequest, 'requestId' | 'type' | 'payload' | 'idempotencyKey' | 'trace' | 'kept' | 'order'>,
  ): PendingRequest {
    const pending: PendingRequest = {
      ...words,
      hasEffect: effects.get(words.type) !== 'read',
      waiters: new Set(),
      state: 'queued',
      stored: 'nothing',
      everSent: false,
      wireKey: '',
      resendUntil: undefined,
      checkedAt: undefined,
      retries: 0,
      cancelTimer: () => {},
    };
    all.set(pending.requestId, pending);
    if (pending.idempotencyKey !== undefined) byKey.set(keyOf(pending.type, pending.idempotencyKey), pending);
    return pending;
  }

  function enqueue(pending: PendingRequest): void {
    pending.state = 'queued';
    let at = queue.length;
    while (at > 0 && (queue[at - 1] as PendingRequest).order > pending.order) at -= 1;
    queue.splice(at, 0, pending);
    pump();
  }

  /** Sends what may be sent, in order: a request whose storing is under way holds up those behind it. */
  function pump(): void {
    while (link !== undefined && !holding) {
      const [head] = queue;
      if (head === undefined || sent.size >= Math.max(1, link.session.limits.max_in_flight - RESERVED)) return;
      if (link.bufferedBytes > HIGH_WATER_BYTES) {
        cancelCheck();
        cancelCheck = clock.after(DRAIN_CHECK_MS, pump);
        return;
      }
      if (head.kept && head.stored !== 'sent') {
        if (head.stored !== 'writing') record(head, true);
        return;
      }
      queue.shift();
      send(head, link);
    }
  }

  /** Writes the request to the storage; `sending`: it may be on the wire at any moment after. */
  function record(pending: PendingRequest, sending: boolean): void {
    if (outbox === undefined) return;
    const { requestId, type, payload, idempotencyKey } = pending;
    pending.stored = 'writing';
    const windowMs = (link?.session.limits ?? DEFAULT_LIMITS).ledger_window_ms;
    outbox
      .put({ requestId, type, payload, idempotencyKey, ...(sending ? { sentAt: clock.now(), windowMs } : {}) })
      .then(
        () => {
          pending.stored = sending ? 'sent' : 'unsent';
          pump();
        },
        (error: ClientError) => {
          forget(pending, {
            error: new ClientError(error.code, error.message, { cause: error.cause, sent: pending.everSent }),
          });
          pump();
        },
      );
  }

  function send(pending: PendingRequest, { session, send: write }: Link): void {
    const { view } = session;
    const refusal =
      pending.checkedAt === view.revision && view.requests.get(pending.type)?.extension === undefined
        ? undefined
        : refusalOf(contract, view, session, pending.type, JSON.parse(pending.payload));
    if (refusal !== undefined) return settle(pending, { error: refusal });
    pending.checkedAt = view.revision;
    if (isExpired(pending)) return settle(pending, { error: outcomeUnknown(pending) });
    const frame = requestFrame(view.revision, pending);
    if (exceedsUtf8(frame, session.limits.max_frame_bytes)) {
      const message = `${pending.type}: the request is larger than the ${session.limits.max_frame_bytes} bytes of a frame`;
      return settle(pending, { error: new ClientError('frame_too_large', message, { sent: pending.everSent }) });
    }
    pending.cancelTimer();
    pending.state = 'sent';
    pending.everSent = true;
    if (pending.hasEffect) pending.resendUntil ??= clock.elapsed() + session.limits.ledger_window_ms;
    pending.wireKey = keyOf(pending.type, wireIdAt(view.revision, pending));
    sent.set(pending.wireKey, pending);
    write(frame);
  }

  function isExpired({ resendUntil }: PendingRequest): boolean {
    return resendUntil !== undefined && clock.elapsed() >= resendUntil;
  }

  function receive(frame: ResponseFrame): void {
    const key = keyOf(frame.type, frame.request_id);
    const pending = sent.get(key);
    if (pending === undefined || link === undefined) return;
    sent.delete(key);
    if (!frame.ok) refused(pending, frame);
    else {
      const reply = readReply(link.session.view, frame);
      settle(pending, reply instanceof ClientError ? { error: reply } : { reply });
    }
    answered();
  }

  function answered(): void {
    pump();
    if (holding && sent.size === 0) options.onIdle();
  }

  function refused(pending: PendingRequest, frame: ErrorResponseFrame): void {
    const error = readError(frame.error);
    const patient = pending.waiters.size === 0 || [...pending.waiters].some(({ timeLimited }) => timeLimited);
    if (!RETRIED.has(error.code) || !error.retryable || (!patient && pending.retries >= limits.maxRetries)) {
      return settle(pending, { error });
    }
    // A gateway that stops refuses what is new; the next connection is another gateway's.
    if (holding) return enqueue(pending);
    const delay = reconnectDelay(limits, pending.retries, randomFraction(random), error.retryAfterMs);
    pending.retries += 1;
    pending.state = 'resting';
    pending.cancelTimer = clock.after(delay, () => enqueue(pending));
  }

  function settle(pending: PendingRequest, outcome: Outcome): void {
    forget(pending, outcome);
    unstore(pending);
  }

  /** Tells everyone who waits, and leaves the storage as it is. */
  function forget(pending: PendingRequest, outcome: Outcome): void {
    if (pending.state === 'settled') return;
    drop(pending);
    const { type, requestId, idempotencyKey } = pending;
    if (pending.waiters.size === 0 && pending.kept) {
      options.onSettled(
        'reply' in outcome
          ? { type, requestId, idempotencyKey, ok: true, result: outcome.reply.result }
          : { type, requestId, idempotencyKey, ok: false, error: outcome.error },
      );
    }
    for (const waiter of pending.waiters) {
      if ('reply' in outcome) waiter.resolve(outcome.reply);
      else waiter.reject(outcome.error);
    }
    pending.waiters.clear();
  }

  function drop(pending: PendingRequest): void {
    pending.cancelTimer();
    if (pending.state === 'queued') queue = queue.filter((other) => other !== pending);
    if (pending.state === 'sent') sent.delete(pending.wireKey);
    pending.state = 'settled';
    all.delete(pending.requestId);
    if (pending.idempotencyKey !== undefined) byKey.delete(keyOf(pending.type, pending.idempotencyKey));
  }

  /** A caller's patience ended; nobody is left to wait: the request ends with it. */
  function abandon(waiter: Waiter): { readonly sent: boolean } {
    const pending = [...all.values()].find(({ waiters }) => waiters.has(waiter));
    if (pending === undefined) return { sent: false };
    pending.waiters.delete(waiter);
    if (pending.waiters.size === 0) {
      drop(pending);
      unstore(pending);
      answered();
    }
    return { sent: pending.everSent };
  }

  function unstore({ kept, requestId }: PendingRequest): void {
    if (kept)
      outbox
        ?.remove(requestId)
        .catch((error: unknown) => options.onError(error, 'removing a settled request from the storage'));
  }

  function takeUp(stored: OutboxRecord): void {
    const same = stored.idempotencyKey === undefined ? undefined : byKey.get(keyOf(stored.type, stored.idempotencyKey));
    const pending = add({
      ...stored,
      order: nextEarlierOrder++,
      idempotencyKey: stored.idempotencyKey,
      trace: undefined,
      kept: true,
    });
    const remaining =
      stored.sentAt === undefined
        ? undefined
        : stored.sentAt + (stored.windowMs ?? DEFAULT_LIMITS.ledger_window_ms) - clock.now();
    pending.stored = stored.sentAt === undefined ? 'unsent' : 'sent';
    pending.everSent = stored.sentAt !== undefined;
    pending.resendUntil = remaining === undefined ? undefined : clock.elapsed() + remaining;
    enqueue(pending);
    if (same !== undefined) join(same, pending);
  }

  /** The same intention was asked anew before the storage was read: it is the earlier one that goes on. */
  function join(later: PendingRequest, earlier: PendingRequest): void {
    if (!samePayload(later.payload, earlier.payload)) {
      settle(later, { error: conflict(later.type) });
    } else {
      for (const waiter of later.waiters) earlier.waiters.add(waiter);
      later.waiters.clear();
      drop(later);
      unstore(later);
    }
    if (earlier.idempotencyKey !== undefined) byKey.set(keyOf(earlier.type, earlier.idempotencyKey), earlier);
  }

  return {
    request,
    start() {
      halted = undefined;
    },
    async restore() {
      if (restored) return;
      const records = (await outbox?.load()) ?? [];
      restored = true;
      for (const stored of records.filter(({ requestId }) => !all.has(requestId))) takeUp(stored);
    },
    opened(opened) {
      link = opened;
      holding = false;
      pump();
    },
    get inFlight() {
      return sent.size;
    },
    receive,
    receiveUnreadable(requestId, message) {
      for (const [key, pending] of sent) {
        if (!key.endsWith(` ${requestId}`)) continue;
        settle(pending, { error: new ClientError('invalid_message', `${pending.type}: ${message}`, { sent: true }) });
      }
      answered();
    },
    hold() {
      holding = true;
      if (sent.size === 0) options.onIdle();
    },
    lost() {
      link = undefined;
      cancelCheck();
      const again = [...sent.values()];
      sent.clear();
      for (const pending of again) {
        enqueue(pending);
        if (pending.resendUntil !== undefined) {
          const remaining = Math.max(0, pending.resendUntil - clock.elapsed());
          pending.cancelTimer = afterLong(clock, remaining, () => settle(pending, { error: outcomeUnknown(pending) }));
        }
      }
    },
    halt(error) {
      halted = error;
      restored = false;
      for (const pending of [...all.values()]) {
        const { everSent, kept } = pending;
        const told = new ClientError(error.code, error.message, {
          cause: error,
          sent: everSent,
          kept,
          ...(error.mustChange === undefined ? {} : { mustChange: error.mustChange }),
        });
        // Nobody waits for what was left by an earlier process, and it has not settled: it stays in the storage.
        if (pending.waiters.size === 0) drop(pending);
        else forget(pending, { error: told });
      }
    },
  };
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}

function samePayload(one: string, other: string): boolean {
  return one === other || canonicalJson(JSON.parse(one)) === canonicalJson(JSON.parse(other));
}

function conflict(type: string): ProtocolError {
  return new ProtocolError('idempotency_conflict', `${type}: the key is in use with another payload`);
}

function outcomeUnknown({ type }: PendingRequest): ClientError {
  return new ClientError(
    'outcome_unknown',
    `${type}: no answer came while the gateway would have recognised a repeat`,
    { sent: true },
  );
}
