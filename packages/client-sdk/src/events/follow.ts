import type { Clock, Random } from '@tyrum/contracts';
import { randomFraction } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import { type Backoff, reconnectDelay } from '../connection/reconnect.ts';
import type { Reply } from '../requests/response.ts';
import type { RequestOptions } from '../requests/waiter.ts';
import type { CursorIndex } from './cursor-index.ts';
import { createEventBuffer } from './event-buffer.ts';
import type { EventListeners } from './event-listeners.ts';
import type { SequencedItem } from './event-sink.ts';
import type { ReceivedEvent } from './received-event.ts';
import type { Sequencer } from './sequencer.ts';

/** A view that is being kept up to date. */
export interface Following {
  /** Resolves once the first read is done; rejects with what it failed with, which `onError` hears too: nothing is followed then. */
  readonly ready: Promise<void>;
  stop(): void;
}

export type AskFunction = (type: string, payload: unknown, options?: RequestOptions) => Promise<unknown>;

export interface FollowOptions {
  readonly read: (request: AskFunction) => unknown;
  readonly types: readonly string[];
  readonly apply: (event: ReceivedEvent) => unknown;
  readonly exchange: (type: string, payload: unknown, options: RequestOptions) => Promise<Reply>;
  readonly sequencer: Pick<Sequencer, 'lastIndex' | 'window'>;
  readonly listeners: Pick<EventListeners, 'addSink'>;
  readonly cursors: CursorIndex;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly onError: (error: unknown, where: string) => void;
  /** The client ended: nothing more comes. */
  readonly ending: AbortSignal;
}

/** One reading of the application's view. */
interface Reading {
  /** Index of what had come when it was asked for. */
  readonly askedAt: number;
  /** Index of where it was true, once that has come; `undefined` where no place was said. */
  readonly place: Promise<number | undefined> | undefined;
}

/**
 * How long the place of a read is waited for among the events, in milliseconds: at first, and at the most. It does not come where
 * the connection was lost meanwhile, for instance.
 */
const PLACE_WAIT_MS = 1_000;
const MOST_PLACE_WAIT_MS = 32_000;

/**
 * Lists, then applies what happens after it: the events that came before the read was asked, and those up to its `as_of`, are left
 * out; every later one is applied, in order and once. Where events were missed, or nobody can tell which of them the read
 * reflects, it reads again before it goes on.
 */
export function startFollowing(options: FollowOptions): Following {
  const { sequencer, cursors, clock, onError } = options;
  const buffer = createEventBuffer(new Set(options.types), true);
  const removeSink = options.listeners.addSink(buffer);
  const stopped = new AbortController();
  let covered = 0;

  function stop(): void {
    stopped.abort(new ClientError('aborted', 'following was stopped'));
    options.ending.removeEventListener('abort', stop);
    removeSink();
    buffer.end();
  }
  if (options.ending.aborted) stop();
  else options.ending.addEventListener('abort', stop, { once: true });

  /** Reads afresh until it is known which events the read reflects. */
  async function read(): Promise<void> {
    for (let waitMs = PLACE_WAIT_MS; !stopped.signal.aborted; waitMs = Math.min(2 * waitMs, MOST_PLACE_WAIT_MS)) {
      const { askedAt, place } = await readOnce(waitMs);
      // What had come by then is reflected. Nobody needs it, and more may come that was held back for it.
      covered = Math.max(covered, askedAt);
      buffer.releaseUpTo(covered);
      if (place === undefined) return;
      const index = await place;
      if (index === undefined) continue;
      covered = Math.max(covered, index);
      return;
    }
  }

  async function readOnce(waitMs: number): Promise<Reading> {
    let askedAt = sequencer.lastIndex;
    let place: Reading['place'];
    let first = true;
    await options.read(async (type, payload, requestOptions = {}) => {
      const isFirst = first;
      first = false;
      if (isFirst) askedAt = sequencer.lastIndex;
      const reply = await options.exchange(type, payload, { signal: stopped.signal, ...requestOptions });
      // Of several pages the first is the oldest: what came after it is applied to all of them.
      if (isFirst && reply.asOf !== undefined) {
        const { window } = sequencer;
        place = cursors.wait(reply.asOf, { ms: waitMs, cursors: window, signal: stopped.signal });
      }
      return reply.result;
    });
    return { askedAt, place };
  }

  async function readAgain(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; failures += 1) {
      try {
        return await read();
      } catch (error) {
        if (stopped.signal.aborted) return;
        onError(error, 'reading again for follow');
      }
      const delay = reconnectDelay(
        options.backoff,
        failures,
        randomFraction(options.random),
        options.backoff.minReconnectMs,
      );
      await pause(delay);
    }
  }

  /** Waits, or until it is stopped. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        stopped.signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(ms, done);
      stopped.signal.addEventListener('abort', done);
    });
  }

  async function take(item: SequencedItem): Promise<void> {
    if (item.kind === 'snapshot') {
      // The read under way when it came may be from before; this one is not.
      if (item.index > covered) await readAgain();
    } else if (item.index > covered) {
      try {
        await options.apply(item.event);
      } catch (error) {
        onError(error, `follow ${item.event.type}`);
      }
    }
  }

  async function tail(): Promise<void> {
    for (let item = await buffer.next(); item !== undefined; item = await buffer.next()) await take(item);
  }

  async function begin(): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!stopped.signal.aborted) onError(error, 'follow');
      stop();
      throw error;
    }
    tail().catch((error: unknown) => onError(error, 'follow'));
  }

  const ready = begin();
  // Reported already; a caller that does not wait for it need not handle it.
  ready.catch(() => {});
  return { ready, stop };
}
