import type { Clock, ErrorResponseFrame, Random, ResponseFrame, Spoken } from '@tyrum/contracts';
import { exceedsUtf8, orderedUuid, randomFraction } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { ClientLimits } from '../client-limits.ts';
import type { Link } from '../connection/connection.ts';
import { reconnectDelay } from '../connection/reconnect.ts';
import { afterLong } from '../long-timer.ts';
import { createEarlierRequests } from './earlier-requests.ts';
import type { Outbox } from './outbox.ts';
import { payloadText, refusalOf, requestFrame, samePayload, wireIdAt } from './outgoing.ts';
import { createPendingRequest, type PendingRequest } from './pending-request.ts';
import { createRequestBook } from './request-book.ts';
import { createRequestKeeper } from './request-keeper.ts';
import { conflict, endedWith, type Outcome, outcomeUnknown, refusedWith, settledAs } from './request-outcome.ts';
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
  /** A response came that cannot be read; answers whether it was to one of these. */
  receiveUnreadable(requestId: string, message: string): boolean;
  /** Nothing new goes out on this connection any more. */
  hold(): void;
  lost(): void;
  /** Rejects everything; what is kept stays kept. */
  halt(error: ClientError): void;
}

export interface PendingOptions {
  readonly contract: Spoken;
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

/** Refusals after which the same request, a little later, is what the caller wants. */
const RETRIED = new Set(['rate_limited', 'overloaded', 'unavailable']);
/** Room of the connection that the client keeps for its own acknowledgements and pings. */
const RESERVED = 2;
/** Bytes that wait in the socket, above which nothing more is handed to it. */
const HIGH_WATER_BYTES = 4_194_304;
const DRAIN_CHECK_MS = 20;

export function createPending(options: PendingOptions): Pending {
  const { contract, clock, random, limits } = options;
  const book = createRequestBook();
  const keeper = options.outbox && createRequestKeeper(options.outbox, clock, options.onError);
  const earlier = keeper && createEarlierRequests(keeper, book, settle);
  let link: Link | undefined;
  let holding = false;
  let halted: ClientError | undefined;
  let nextOrder = 0;
  let cancelCheck = () => {};

  async function request(type: string, payload: unknown, requestOptions: RequestOptions): Promise<Reply> {
    const { signal, idempotencyKey, trace } = requestOptions;
    if (halted !== undefined) throw new ClientError(halted.code, halted.message, { cause: halted, sent: false });
    if (signal?.aborted) throw new ClientError('aborted', `${type} was aborted`, { sent: false, cause: signal.reason });
    const view = link?.session.view ?? contract.at(options.revision);
    const refusal = refusalOf(contract, view, link?.session, type, payload ?? {});
    if (refusal !== undefined) throw refusal;
    const text = payloadText(type, payload);

    const same = book.ofKey(type, idempotencyKey);
    if (same !== undefined && !samePayload(same.payload, text)) throw conflict(type);
    if (same !== undefined) return wait(same, requestOptions);
    if (book.size >= limits.maxPending) {
      throw new ClientError('queue_full', `${type}: ${book.size} requests wait already`, { sent: false });
    }
    const effect = view.requests.get(type)?.definition.effect;
    const pending = createPendingRequest({
      order: nextOrder++,
      // The gateway keeps it with each effect, among those of the same device.
      requestId: orderedUuid(random, clock.now()),
      type,
      payload: text,
      idempotencyKey,
      trace,
      hasEffect: effect !== 'read',
      kept: keeper !== undefined && effect === 'once',
    });
    pending.checkedAt = view.revision;
    book.add(pending);
    const reply = wait(pending, requestOptions);
    if (pending.kept) keep(pending, link !== undefined && !holding);
    enqueue(pending);
    return reply;
  }

  function wait(pending: PendingRequest, { timeoutMs = options.timeoutMs, signal }: RequestOptions): Promise<Reply> {
    const patience = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) };
    const { waiter, promise } = createWaiter(clock, pending.type, patience, abandon);
    pending.waiters.add(waiter);
    return promise;
  }

  function enqueue(pending: PendingRequest): void {
    book.enqueue(pending);
    pump();
  }

  /** Sends what may be sent, in order: a request whose storing is under way holds up those behind it. */
  function pump(): void {
    while (link !== undefined && !holding) {
      const head = book.head();
      if (head === undefined || book.inFlight >= Math.max(1, link.session.limits.max_in_flight - RESERVED)) return;
      if (link.bufferedBytes > HIGH_WATER_BYTES) {
        cancelCheck();
        cancelCheck = clock.after(DRAIN_CHECK_MS, pump);
        return;
      }
      if (head.kept && head.stored !== 'sent') {
        if (head.stored !== 'writing') keep(head, true);
        return;
      }
      send(head, link);
    }
  }

  function keep(pending: PendingRequest, sending: boolean): void {
    keeper
      ?.keep(pending, sending, link?.session.limits.ledger_window_ms)
      .catch(({ code, message, cause }: ClientError) => {
        tell(pending, { error: new ClientError(code, message, { cause, sent: pending.everSent }) });
      })
      .finally(pump);
  }

  function send(pending: PendingRequest, { session, send: write }: Link): void {
    const { view } = session;
    const judged = pending.checkedAt === view.revision && view.requests.get(pending.type)?.extension === undefined;
    const refusal = judged ? undefined : refusalOf(contract, view, session, pending.type, JSON.parse(pending.payload));
    if (refusal !== undefined) return settle(pending, { error: refusedWith(refusal, pending) });
    pending.checkedAt = view.revision;
    if (isExpired(pending)) return settle(pending, { error: outcomeUnknown(pending) });
    const frame = requestFrame(view.revision, pending);
    if (exceedsUtf8(frame, session.limits.max_frame_bytes)) {
      const message = `${pending.type}: the request is larger than the ${session.limits.max_frame_bytes} bytes of a frame`;
      return settle(pending, { error: new ClientError('frame_too_large', message, { sent: pending.everSent }) });
    }
    pending.cancelTimer();
    pending.everSent = true;
    if (pending.hasEffect) pending.resendUntil ??= clock.elapsed() + session.limits.ledger_window_ms;
    book.markSent(pending, wireIdAt(view.revision, pending));
    write(frame);
  }

  function isExpired({ resendUntil }: PendingRequest): boolean {
    return resendUntil !== undefined && clock.elapsed() >= resendUntil;
  }

  function receive(frame: ResponseFrame): void {
    const pending = link && book.takeSent(frame.type, frame.request_id);
    if (pending === undefined || link === undefined) return;
    if (frame.ok) {
      const reply = readReply(link.session.view, frame);
      settle(pending, reply instanceof ClientError ? { error: reply } : { reply });
    } else refused(pending, frame);
    answered();
  }

  function answered(): void {
    pump();
    if (holding && book.inFlight === 0) options.onIdle();
  }

  function refused(pending: PendingRequest, frame: ErrorResponseFrame): void {
    const error = readError(frame.error);
    // Without a time limit somebody has to say when it is enough; what an earlier process left has none who waits.
    const limited = pending.waiters.size > 0 && ![...pending.waiters].some(({ timeLimited }) => timeLimited);
    if (!RETRIED.has(error.code) || !error.retryable || (limited && pending.retries >= limits.maxRetries)) {
      return settle(pending, { error: refusedWith(error, pending) });
    }
    // A gateway that stops refuses what is new; the next connection is another gateway's.
    if (holding) return enqueue(pending);
    const delay = reconnectDelay(limits, pending.retries, randomFraction(random), error.retryAfterMs);
    pending.retries += 1;
    pending.state = 'resting';
    pending.cancelTimer = clock.after(delay, () => enqueue(pending));
  }

  function settle(pending: PendingRequest, outcome: Outcome): void {
    tell(pending, outcome);
    keeper?.release(pending);
  }

  /** Tells everyone who waits, and leaves the storage as it is. */
  function tell(pending: PendingRequest, outcome: Outcome): void {
    if (pending.state === 'settled') return;
    book.drop(pending);
    if (pending.waiters.size === 0 && pending.kept) options.onSettled(settledAs(pending, outcome));
    for (const waiter of pending.waiters) {
      if ('reply' in outcome) waiter.resolve(outcome.reply);
      else waiter.reject(outcome.error);
    }
    pending.waiters.clear();
  }

  /** A caller's patience ended; nobody is left to wait: the request ends with it. */
  function abandon(waiter: Waiter): { readonly sent: boolean } {
    const pending = book.all().find(({ waiters }) => waiters.has(waiter));
    if (pending === undefined) return { sent: false };
    pending.waiters.delete(waiter);
    if (pending.waiters.size === 0) {
      book.drop(pending);
      keeper?.release(pending);
      answered();
    }
    return { sent: pending.everSent };
  }

  return {
    request,
    start() {
      halted = undefined;
    },
    restore: async () => earlier?.restore(),
    opened(opened) {
      link = opened;
      holding = false;
      pump();
    },
    get inFlight() {
      return book.inFlight;
    },
    receive,
    receiveUnreadable(requestId, message) {
      const pending = book.takeSent(undefined, requestId);
      if (pending === undefined) return false;
      settle(pending, { error: new ClientError('invalid_message', `${pending.type}: ${message}`, { sent: true }) });
      answered();
      return true;
    },
    hold() {
      holding = true;
      if (book.inFlight === 0) options.onIdle();
    },
    lost() {
      link = undefined;
      cancelCheck();
      for (const pending of book.requeueSent()) {
        pending.unanswered = true;
        if (pending.resendUntil === undefined) continue;
        const remaining = Math.max(0, pending.resendUntil - clock.elapsed());
        pending.cancelTimer = afterLong(clock, remaining, () => settle(pending, { error: outcomeUnknown(pending) }));
      }
    },
    halt(error) {
      halted = error;
      earlier?.reset();
      for (const pending of book.all()) {
        // Nobody waits for what an earlier process left, and it has not settled: it stays in the storage.
        if (pending.waiters.size === 0) book.drop(pending);
        else tell(pending, { error: endedWith(error, pending) });
      }
    },
  };
}
