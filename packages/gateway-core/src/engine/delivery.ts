import type { RevisionView } from '@tyrum/contracts';
import type { LogReader, LogScope, StoredEvent } from '../ports/store.ts';
import { maySee, type Viewer } from './audience.ts';
import type { EncodedEvent } from './encoded-event.ts';
import type { HotTail } from './hot-tail.ts';
import type { Output } from './output.ts';
import { everything, type Subscription } from './subscription.ts';

/** How many events are read from the store at a time for a peer that is behind the tail. */
const PAGE = 256;

/**
 * The durable events of one connection, in order: a position in the log that reads on as fast as the peer takes them. Nothing
 * is queued here; past the credit or the high-water mark it stops, and goes on from the log later.
 */
export interface Delivery {
  /** Sends what can be sent now. Cheap when there is nothing. */
  pump(): void;
  /** The peer processed everything up to a position. */
  acked(position: number): void;
  /** Whether a position was sent to this peer on this connection, or is where it began. */
  covers(position: number): boolean;
  subscribe(subscription: Subscription): void;
  /** Whether the peer wants such an event at all. */
  wants(type: string, scope: LogScope | undefined): boolean;
  /** The viewer's rights changed: what follows is judged, and its cursors are bound, anew. */
  rebind(audienceHalf: string): void;
  /** Sends a bookmark with the newest cursor, unless an event carried one since the last call. */
  bookmark(makeFrame: (cursor: string, prev: string) => string): void;
  stop(): void;
}

export interface DeliveryOptions {
  readonly tenant: string;
  readonly viewer: Viewer;
  readonly view: RevisionView;
  readonly output: Pick<Output, 'send' | 'full'>;
  readonly tail: HotTail;
  readonly log: LogReader;
  readonly encode: (event: StoredEvent) => EncodedEvent;
  readonly placeHalfAt: (position: number, eventId: string) => string;
  /** Where it begins: events after this position are sent. */
  readonly position: number;
  readonly placeHalf: string;
  /** `undefined` at a revision without cursors. */
  readonly audienceHalf: string | undefined;
  /** Unacked durable events in flight at the most. */
  readonly window: number;
  /** The store could not be read: the connection cannot go on. */
  readonly onFailure: (error: unknown) => void;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { tenant, viewer, view, output, tail, log } = options;
  const flow = options.audienceHalf === undefined ? Number.POSITIVE_INFINITY : options.window;
  const start = options.position;
  let audienceHalf = options.audienceHalf;
  let subscription: Subscription = everything;
  /** Everything up to here was sent or was not for this peer. */
  let position = start;
  /** The event at `position`, once one was passed. */
  let eventId = '';
  let sentPosition = start;
  let sentCursor = audienceHalf === undefined ? '' : `${audienceHalf}.${options.placeHalf}`;
  /** Positions that were sent and are not acked, oldest first; never more than the window. */
  let unacked: number[] = [];
  let sentSinceBookmark = false;
  let state: 'ready' | 'reading' | 'stopped' = 'ready';

  function canSend(): boolean {
    return unacked.length < flow && !output.full();
  }

  function take(encoded: EncodedEvent): void {
    position = encoded.event.position;
    eventId = encoded.event.eventId;
    const { type, device, scope } = encoded.event;
    const eventView = view.events.get(type);
    const frames = encoded.framesAt(view.revision);
    if (frames.length === 0) return;
    // A cast may rename an event; what it was called decides who may see what it becomes.
    const judged = eventView ?? view.events.get(frames[0]?.type ?? '');
    if (judged === undefined || !maySee(viewer, judged, device) || !subscription.wants(type, scope)) return;
    if (audienceHalf === undefined) {
      for (const { head } of frames) output.send(`${head}}`);
      return;
    }
    const cursor = `${audienceHalf}.${encoded.placeHalf()}`;
    frames.forEach(({ head }, index) => {
      output.send(index === frames.length - 1 ? `${head},"cursor":"${cursor}","prev":"${sentCursor}"}` : `${head}}`);
    });
    sentCursor = cursor;
    sentPosition = position;
    sentSinceBookmark = true;
    unacked.push(position);
  }

  async function catchUp(): Promise<void> {
    state = 'reading';
    try {
      const events = await log.read(tenant, position, PAGE);
      if ((state as string) === 'stopped') return;
      state = 'ready';
      if (events.length === 0) return;
      for (const event of events) {
        if (!canSend()) return;
        take(options.encode(event));
      }
    } catch (error) {
      if ((state as string) === 'stopped') return;
      state = 'stopped';
      options.onFailure(error);
      return;
    }
    pump();
  }

  function pump(): void {
    while (state === 'ready' && position < tail.head && canSend()) {
      const next = tail.next(position);
      if (next === undefined) {
        void catchUp();
        return;
      }
      take(next);
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
    covers: (place) => place >= start && place <= sentPosition,
    subscribe(wish) {
      subscription = wish;
    },
    wants: (type, scope) => subscription.wants(type, scope),
    rebind(half) {
      if (audienceHalf !== undefined) audienceHalf = half;
    },
    bookmark(makeFrame) {
      const idle = !sentSinceBookmark;
      sentSinceBookmark = false;
      if (audienceHalf === undefined || state !== 'ready' || !idle || !canSend()) return;
      const half = eventId === '' ? options.placeHalf : options.placeHalfAt(position, eventId);
      const cursor = `${audienceHalf}.${half}`;
      output.send(makeFrame(cursor, sentCursor));
      sentCursor = cursor;
      sentPosition = position;
    },
    stop() {
      state = 'stopped';
      unacked = [];
    },
  };
}
