import type { EventFrame, SpokenEvent } from '@tyrum/contracts';
import { ClientError } from '../client-error.ts';
import type { Ending } from '../connection/ending.ts';
import { lost, stopped } from '../connection/ending.ts';
import { isAgreed, type Session } from '../connection/session.ts';
import type { Acknowledger } from './acknowledger.ts';
import type { CursorIndex } from './cursor-index.ts';
import type { EventListeners } from './event-listeners.ts';
import { readEvent, type SnapshotReason } from './received-event.ts';
import { createRecentIds } from './recent-ids.ts';

/**
 * Hands events on in their order, each once, and says up to where they are processed: an event is, when every handler has
 * returned and every sink has let go of it, and all before it are too. One that a handler threw at is processed as well.
 */
export interface Sequencer {
  /** Where a new connection takes up the events again; undefined: from now on. */
  resumeCursor(): string | undefined;
  /** The place that an earlier process stored. */
  restore(cursor: string | undefined): void;
  opened(session: Session): void;
  receive(frame: EventFrame): void;
  lost(): void;
  /** The client stopped: nothing counts as processed until it begins anew. */
  halt(): void;
  /** Index of what came last. */
  readonly lastIndex: number;
  /** How many events may be with the application at a time; no more come before it has done with some. */
  readonly window: number;
}

export interface SequencerOptions {
  readonly listeners: EventListeners;
  readonly acknowledger: Acknowledger;
  readonly cursors: CursorIndex;
  readonly resume: 'now' | 'acked';
  readonly maxQueuedEvents: number;
  /** The connection cannot go on. */
  readonly fail: (ending: Ending) => void;
  readonly onError: (error: unknown, where: string) => void;
}

interface Entry {
  /** `start`: only a cursor; `snapshot`: events were missed before it. */
  readonly kind: 'event' | 'start' | 'snapshot';
  readonly index: number;
  readonly frame?: EventFrame;
  readonly view?: SpokenEvent;
  readonly reason?: SnapshotReason;
  /** Where the log stands after it; absent outside the log. */
  readonly cursor: string | undefined;
  /** The place so far is void: what follows cannot be resumed. */
  readonly voidsPlace: boolean;
  /** The connection on which it came. */
  readonly connection: number;
  /** Who is not done with it yet. */
  holds: number;
  unreadable: boolean;
}

/** Events given to the application and not processed, at a revision whose gateway gives no credit. */
const WINDOW_WITHOUT_CREDIT = 1_024;

export function createSequencer(options: SequencerOptions): Sequencer {
  const { acknowledger, cursors, listeners } = options;
  const recent = createRecentIds();

  let session: Session | undefined;
  let connection = 0;
  /** What the last `resumeCursor` answered. */
  let asked: string | undefined;
  /** The last cursor that came on this connection: what the next `prev` must be. */
  let received: string | undefined;
  let lastIndex = 0;
  let queue: Entry[] = [];
  /** Handed on and not passed yet, in order. */
  let unpassed: Entry[] = [];
  let processed: string | undefined;
  let dispatching = false;
  let halted = false;

  function enqueue(entry: Pick<Entry, 'kind' | 'cursor'> & Partial<Entry>): void {
    lastIndex += 1;
    queue.push({ voidsPlace: false, ...entry, index: lastIndex, connection, holds: 0, unreadable: false });
    if (entry.cursor !== undefined) cursors.note(entry.cursor, lastIndex);
    dispatch();
  }

  function opened(next: Session): void {
    session = next;
    connection += 1;
    const { mutual } = next;
    if (mutual === undefined) {
      received = undefined;
      if (connection > 1 || asked !== undefined) snapshot('not_resumable', undefined);
      return;
    }
    const { recovery, cursor } = mutual;
    received = cursor;
    if (recovery.outcome === 'snapshot_required') snapshot(recovery.reason, cursor);
    else if (recovery.outcome === 'fresh' && asked !== undefined && asked !== ACKED) snapshot('unknown_cursor', cursor);
    else if (recovery.outcome === 'fresh' && connection > 1) snapshot('not_resumable', cursor);
    else if (asked === undefined || asked === ACKED) enqueue({ kind: 'start', cursor });
    // What follows a resumed cursor must follow it, whatever the gateway says that cursor is called now.
    else {
      received = asked;
      cursors.note(asked, lastIndex);
    }
  }

  function snapshot(reason: SnapshotReason, cursor: string | undefined): void {
    enqueue({ kind: 'snapshot', reason, cursor, voidsPlace: cursor === undefined });
  }

  function receive(frame: EventFrame): void {
    if (session === undefined) return;
    const found = session.view.events.get(frame.type);
    const view = found !== undefined && isAgreed(session, found.extension) ? found : undefined;
    const cursor = session.mutual === undefined ? undefined : frame.cursor;
    if (cursor !== undefined) {
      if (frame.prev !== received) {
        return options.fail(
          lost('open', `an event is missing: ${frame.type} follows ${String(frame.prev)}, not ${String(received)}`),
        );
      }
      received = cursor;
    } else if (view === undefined) return;
    if (isFull(view)) return;
    enqueue({ kind: 'event', frame, cursor, ...(view === undefined ? {} : { view }) });
  }

  /** Whether there is no room: what is ephemeral is dropped then, anything else ends the connection. */
  function isFull(view: SpokenEvent | undefined): boolean {
    const room = Math.max(options.maxQueuedEvents, 2 * (session?.limits.event_window ?? 0));
    if (view?.definition.kept === 'ephemeral') return queue.length >= room / 2;
    if (queue.length < room) return false;
    const message = `${queue.length} events wait for the application`;
    options.fail({ error: new ClientError('overflow', message), next: 'reconnect' });
    return true;
  }

  function window(): number {
    return session?.mutual === undefined ? WINDOW_WITHOUT_CREDIT : session.limits.event_window;
  }

  function next(): Entry | undefined {
    if (unpassed.length < window()) return queue.shift();
    if (unpassed[0]?.unreadable && queue.length > 0) {
      const message = 'an event could not be read, so that none after it can be acknowledged, and the window is full';
      options.fail(stopped('invalid_message', message, 'client or gateway'));
    }
    return undefined;
  }

  function dispatch(): void {
    if (dispatching) return;
    dispatching = true;
    for (let entry = next(); entry !== undefined; entry = next()) {
      unpassed.push(entry);
      entry.holds = 1;
      // Waited for only where the application takes its time: most handlers are done when they return.
      const busy = handOn(entry);
      if (busy !== undefined) return void busy.then(goOnAfter(entry));
      release(entry);
    }
    dispatching = false;
  }

  function goOnAfter(entry: Entry): () => void {
    return () => {
      release(entry);
      dispatching = false;
      dispatch();
    };
  }

  function handOn(entry: Entry): Promise<void> | undefined {
    if (entry.kind === 'snapshot') {
      return listeners.deliverSnapshot(entry.reason as SnapshotReason, entry.index, () => hold(entry));
    }
    return entry.kind === 'event' ? handOnEvent(entry) : undefined;
  }

  function handOnEvent(entry: Entry): Promise<void> | undefined {
    const { frame, view } = entry;
    if (frame === undefined || view === undefined) return undefined;
    // Sent again, because the connection ended before it was acknowledged: it passes after the one that is being worked on.
    if (!recent.add(frame.event_id, 4 * window()) || !listeners.wants(frame.type)) return undefined;
    const event = readEvent(frame, view);
    if (!(event instanceof ClientError)) return listeners.deliver(event, entry.index, () => hold(entry));
    options.onError(event, `event ${frame.type}`);
    // Never acknowledged, so that a client that can read it gets it again.
    entry.unreadable = entry.cursor !== undefined;
    if (entry.unreadable) hold(entry);
    return undefined;
  }

  function hold(entry: Entry): () => void {
    let held = true;
    entry.holds += 1;
    return () => {
      if (!held) return;
      held = false;
      release(entry);
    };
  }

  function release(entry: Entry): void {
    entry.holds -= 1;
    if (halted || entry.holds > 0 || entry !== unpassed[0]) return;
    pass();
    dispatch();
  }

  function pass(): void {
    let passed = 0;
    for (const { holds, cursor, voidsPlace, kind, connection: from } of unpassed) {
      if (holds > 0) break;
      passed += 1;
      if (cursor === undefined && !voidsPlace) continue;
      processed = cursor;
      acknowledger.processed(cursor, kind === 'event' && from === connection && !halted);
    }
    unpassed = unpassed.slice(passed);
  }

  /** What the application has done with since the client stopped is done; the rest is handed on again. */
  function beginAnew(): void {
    pass();
    for (const { holds, frame } of unpassed) if (holds > 0 && frame !== undefined) recent.forget(frame.event_id);
    unpassed = [];
    halted = false;
  }

  return {
    resumeCursor() {
      if (halted) beginAnew();
      // A snapshot that the application is working on, or has still to be told of, stands for everything before it.
      const base = [...unpassed, ...queue].findLast((entry) => entry.kind !== 'event');
      asked = base === undefined ? processed : base.cursor;
      if (asked === undefined && connection === 0 && options.resume === ACKED) asked = ACKED;
      return asked;
    },
    restore(cursor) {
      processed = cursor;
    },
    opened,
    receive,
    lost() {
      session = undefined;
      // What has a place in the log comes again, and what is ephemeral may be missed; the rest came once, and so did the word
      // that events were missed before it.
      queue = queue.filter(({ cursor, view }) => cursor === undefined && view?.definition.kept !== 'ephemeral');
      while (queue.at(-1)?.kind === 'snapshot') queue.pop();
    },
    halt() {
      halted = true;
      queue = [];
    },
    get lastIndex() {
      return lastIndex;
    },
    get window() {
      return window();
    },
  };
}

/** What a peer resumes from that keeps no cursor of its own. */
const ACKED = 'acked';
