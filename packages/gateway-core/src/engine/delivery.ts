import type { RevisionView } from '@tyrum/contracts';
import type { LogReader, LogScope } from '../ports/store.ts';
import { maySee, type Viewer } from './audience.ts';
import { createAwaitedPlaces } from './awaited-places.ts';
import type { EncodedFrame, LoggedEvent } from './encoded-event.ts';
import type { Output } from './output.ts';
import type { AsOf } from './response.ts';
import { everything, type Subscription } from './subscription.ts';
import type { TenantLog } from './tenant-logs.ts';

/** How many events are read from the store at a time for a peer that is behind the tail. */
const PAGE = 256;

/**
 * The durable events of one connection, in order: a position in the log that reads on as fast as the peer takes them. Nothing
 * is queued here; past the credit or the high-water mark it stops, and goes on from the log later.
 */
export interface Delivery {
  /** Sends what can be sent now. Cheap when there is nothing. Never throws. */
  pump(): void;
  /** The peer processed everything up to a position. */
  acked(position: number): void;
  /** Whether a cursor at this position can have been sent to this peer on this connection. */
  covers(position: number): boolean;
  /** The cursor at a place, for a response to this peer; `undefined` at a revision without cursors. */
  cursorAt(place: AsOf): string | undefined;
  subscribe(subscription: Subscription): void;
  /** Whether the peer wants such an event at all. */
  wants(type: string, scope: LogScope | undefined): boolean;
  /** The viewer's rights changed: what follows is judged, and its cursors are bound, anew. */
  rebind(audienceHalf: string): void;
  /** Sends a bookmark with the newest cursor to a peer that has all there is, unless an event carried one since the last call. */
  bookmark(): void;
  /**
   * A read is true at a place: the peer will find the cursor of that place among its events, in order, so that it can tell which
   * of them the read reflects. Where no event carries it a bookmark does (EV-26).
   */
  name(place: AsOf): void;
  stop(): void;
}

export interface DeliveryOptions {
  readonly tenant: string;
  readonly viewer: Viewer;
  readonly view: RevisionView;
  readonly output: Pick<Output, 'send' | 'full'>;
  readonly tenantLog: Pick<TenantLog, 'tail' | 'encode' | 'placeHalf'>;
  readonly log: LogReader;
  /** Where it begins: events after this position are sent. */
  readonly position: number;
  readonly placeHalf: string;
  /** `undefined` at a revision without cursors. */
  readonly audienceHalf: string | undefined;
  /** Unacked durable events in flight at the most. */
  readonly window: number;
  /** The text of a bookmark. */
  readonly sayBookmark: (cursor: string, prev: string) => string;
  /**
   * The connection cannot go on without a gap: the store could not be read, an event could not be said, or the log was trimmed
   * past what the peer has got.
   */
  readonly onLost: (reason: string, cause?: unknown) => void;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { tenant, viewer, view, output, tenantLog, log } = options;
  const { tail } = tenantLog;
  const flow = options.audienceHalf === undefined ? Number.POSITIVE_INFINITY : options.window;
  let audienceHalf = options.audienceHalf;
  let subscription: Subscription = everything;
  /** Everything up to here was sent or was not for this peer. */
  let position = options.position;
  /** The event at `position`, once one was passed. */
  let eventId = '';
  /** The places between which every cursor lies that was sent. */
  let lowest = position;
  let highest = position;
  let sentCursor = audienceHalf === undefined ? '' : `${audienceHalf}.${options.placeHalf}`;
  let sentPosition = position;
  const places = createAwaitedPlaces();
  /** Positions that were sent and are not acked, oldest first; never more than the window. */
  let unacked: number[] = [];
  let sentSinceBookmark = false;
  let state: 'ready' | 'reading' | 'stopped' = 'ready';

  function canSend(): boolean {
    return unacked.length < flow && !output.full();
  }

  function shows(frame: EncodedFrame, { event }: LoggedEvent): boolean {
    return maySee(viewer, frame.view, frame.device) && subscription.wants(frame.type, event.scope);
  }

  function take(encoded: LoggedEvent): void {
    const { event } = encoded;
    position = event.position;
    eventId = event.eventId;
    if (!encoded.visibleTo(viewer)) return;
    const frames = encoded.framesAt(view.revision);
    let last = frames.length - 1;
    while (last >= 0 && !shows(frames[last] as EncodedFrame, encoded)) last -= 1;
    if (last < 0) return;
    for (let index = 0; index < last; index += 1) {
      const frame = frames[index] as EncodedFrame;
      if (shows(frame, encoded)) output.send(frame.text);
    }
    const { head, text } = frames[last] as EncodedFrame;
    if (audienceHalf === undefined) {
      output.send(text);
      return;
    }
    const cursor = `${audienceHalf}.${encoded.placeHalf()}`;
    output.send(`${head},"cursor":"${cursor}","prev":"${sentCursor}"}`);
    sent(cursor, position);
    sentSinceBookmark = true;
    unacked.push(position);
  }

  function sent(cursor: string, place: number): void {
    sentCursor = cursor;
    sentPosition = place;
    highest = Math.max(highest, place);
  }

  function sendBookmark(half: string, place: number): void {
    const cursor = `${audienceHalf}.${half}`;
    output.send(options.sayBookmark(cursor, sentCursor));
    sent(cursor, place);
  }

  /** Names the places that delivery has come to, unless what was sent last stands there, or after them. */
  function namePlaces(): void {
    for (let place = places.take(position); place !== undefined; place = places.take(position)) {
      // A read whose transaction failed may have seen an event there that never came to be.
      const stands = place.position < position || place.eventId === eventId;
      if (stands && place.position > sentPosition)
        sendBookmark(tenantLog.placeHalf(place.position, place.eventId), place.position);
    }
  }

  function lose(reason: string, cause?: unknown): void {
    if (stopped()) return;
    state = 'stopped';
    options.onLost(reason, cause);
  }

  function stopped(): boolean {
    return state === 'stopped';
  }

  async function catchUp(): Promise<void> {
    const known = tail.head;
    state = 'reading';
    try {
      const events = await log.read(tenant, position, PAGE);
      if (stopped()) return;
      state = 'ready';
      // The log has no holes: what does not follow at once, or is not there though it was, has been trimmed.
      const next = events[0]?.position ?? known + 1;
      if (next > position + 1) {
        lose('the log was trimmed past what was sent; resume to learn from where');
        return;
      }
      for (const event of events) {
        if (stopped() || !canSend()) return;
        take(tenantLog.encode(event));
        namePlaces();
      }
    } catch (cause) {
      lose('the log cannot be read now', cause);
      return;
    }
    pump();
  }

  function pump(): void {
    try {
      while (state === 'ready' && position < tail.head && canSend()) {
        const next = tail.next(position);
        if (next === undefined) {
          void catchUp();
          return;
        }
        take(next);
        namePlaces();
      }
    } catch (cause) {
      lose('an event cannot be said', cause);
    }
  }

  return {
    pump,
    acked(upTo) {
      let count = 0;
      while (count < unacked.length && (unacked[count] as number) <= upTo) count += 1;
      if (count > 0) unacked = unacked.slice(count);
      pump();
    },
    covers: (place) => place >= lowest && place <= highest,
    cursorAt(place) {
      if (audienceHalf === undefined) return undefined;
      lowest = Math.min(lowest, place.position);
      highest = Math.max(highest, place.position);
      return `${audienceHalf}.${tenantLog.placeHalf(place.position, place.eventId)}`;
    },
    subscribe(wish) {
      subscription = wish;
    },
    wants: (type, scope) => subscription.wants(type, scope),
    rebind(half) {
      if (audienceHalf !== undefined) audienceHalf = half;
    },
    name(place) {
      if (audienceHalf === undefined || state === 'stopped' || place.position <= sentPosition) return;
      places.add(place);
      namePlaces();
    },
    bookmark() {
      const idle = !sentSinceBookmark;
      sentSinceBookmark = false;
      if (audienceHalf === undefined || state !== 'ready' || !idle || position < tail.head || output.full()) return;
      sendBookmark(eventId === '' ? options.placeHalf : tenantLog.placeHalf(position, eventId), position);
    },
    stop() {
      state = 'stopped';
      unacked = [];
      places.clear();
    },
  };
}
