import type { RevisionView } from '@tyrum/contracts';
import type { LogReader, LogScope, StoredEvent } from '../../ports/store.ts';
import type { Output } from '../connection/output.ts';
import type { OwnEvents } from '../connection/own-events.ts';
import type { GatewayLimits } from '../limits.ts';
import type { AsOf } from '../requests/response.ts';
import type { Viewer } from '../rights/audience.ts';
import { AwaitedPlaces } from './awaited-places.ts';
import type { EncodedFrame, LoggedEvent } from './encoded-event.ts';
import type { HotTail } from './hot-tail.ts';
import { everything, type Subscription } from './subscription.ts';
import type { TenantLog } from './tenant-logs.ts';
import { Unacked } from './unacked.ts';

export interface DeliveryServices {
  readonly log: LogReader;
  readonly limits: Pick<GatewayLimits, 'event_window'>;
  readonly own: Pick<OwnEvents, 'bookmark'>;
}

/** Whom the events are for. */
export interface DeliveryPeer extends Viewer {
  readonly tenant: string;
  readonly view: RevisionView;
  /**
   * The connection cannot go on without a gap: the store could not be read, an event could not be said, or the log was trimmed
   * past what the peer has got.
   */
  lost(reason: string, cause?: unknown): void;
}

export interface DeliveryOptions {
  readonly output: Pick<Output, 'send' | 'full' | 'room'>;
  readonly tenantLog: Pick<TenantLog, 'tail' | 'encodePage' | 'placeHalf'>;
  /** Where it begins: events after this position are sent. */
  readonly position: number;
  readonly placeHalf: string;
  /** `undefined` at a revision without cursors. */
  readonly audienceHalf: string | undefined;
}

/** How many events are read from the store at a time for a peer that is behind the tail: at first, and at the most. */
const FIRST_PAGE = 32;
const MOST_IN_PAGE = 256;

/**
 * The durable events of one connection, in order: a position in the log that reads on as fast as the peer takes them. Nothing
 * is queued here; past the credit or the high-water mark it stops, and goes on from the log later.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Delivery {
  readonly #services: DeliveryServices;
  readonly #peer: DeliveryPeer;
  readonly #output: Pick<Output, 'send' | 'full' | 'room'>;
  readonly #tenantLog: Pick<TenantLog, 'tail' | 'encodePage' | 'placeHalf'>;
  readonly #tail: HotTail;
  /** The place half of where it began. */
  readonly #firstHalf: string;
  #audienceHalf: string | undefined;
  #subscription: Subscription = everything;
  /** Everything up to here was sent or was not for this peer. */
  #position: number;
  /** The event at `#position`, once one was passed. */
  #eventId = '';
  /** The places between which every cursor lies that was sent. */
  #lowest: number;
  #highest: number;
  /** The two halves of the cursor that was sent last, and its place. */
  #sentAudience: string;
  #sentHalf: string;
  #sentPosition: number;
  /** There while reads were true at places that delivery has not come to. */
  #places: AwaitedPlaces | undefined = undefined;
  /** What was sent and is not acked: never more than the window, and nothing without cursors. */
  readonly #unacked = new Unacked();
  #sentSinceBookmark = false;
  /** How many events are read next, at the most. What there is no credit for is read again: no more than twice what was taken last. */
  #page = FIRST_PAGE;
  /** How many bytes an event took, on average, when a page was read last. */
  #eventBytes = 0;
  #state: 'ready' | 'reading' | 'stopped' = 'ready';

  constructor(services: DeliveryServices, peer: DeliveryPeer, options: DeliveryOptions) {
    const { output, tenantLog, position, placeHalf, audienceHalf } = options;
    this.#services = services;
    this.#peer = peer;
    this.#output = output;
    this.#tenantLog = tenantLog;
    this.#tail = tenantLog.tail;
    this.#firstHalf = placeHalf;
    this.#audienceHalf = audienceHalf;
    this.#position = position;
    this.#lowest = position;
    this.#highest = position;
    this.#sentPosition = position;
    this.#sentAudience = audienceHalf ?? '';
    this.#sentHalf = placeHalf;
  }

  /** Sends what can be sent now. Cheap when there is nothing. Never throws. */
  pump(): void {
    const tail = this.#tail;
    try {
      while (this.#state === 'ready' && this.#position < tail.head && this.#canSend()) {
        const next = tail.next(this.#position);
        if (next === undefined) {
          void this.#catchUp();
          return;
        }
        if (this.#places === undefined && next.typeHiddenFrom(this.#peer)) {
          // Many events and many peers: what follows of a type that is not for this one is passed over in one step.
          this.#pass(tail.lastAlike(this.#position) ?? next.event);
          continue;
        }
        this.#take(next, true);
        if (this.#places !== undefined) this.#namePlaces();
      }
    } catch (cause) {
      this.#lose('an event cannot be said', cause);
    }
  }

  /** The peer processed everything up to a position. */
  acked(position: number): void {
    this.#unacked.ack(position);
    this.pump();
  }

  /** Whether a cursor at this position can have been sent to this peer on this connection. */
  covers(position: number): boolean {
    return position >= this.#lowest && position <= this.#highest;
  }

  /** The cursor at a place, for a response to this peer; `undefined` at a revision without cursors. */
  cursorAt(place: AsOf): string | undefined {
    if (this.#audienceHalf === undefined) return undefined;
    this.#lowest = Math.min(this.#lowest, place.position);
    this.#highest = Math.max(this.#highest, place.position);
    return `${this.#audienceHalf}.${this.#tenantLog.placeHalf(place.position, place.eventId)}`;
  }

  subscribe(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  /** Whether the peer wants such an event at all. */
  wants(type: string, scope: LogScope | undefined): boolean {
    return this.#subscription.wants(type, scope);
  }

  /** The viewer's rights changed: what follows is judged, and its cursors are bound, anew. */
  rebind(audienceHalf: string): void {
    if (this.#audienceHalf !== undefined) this.#audienceHalf = audienceHalf;
  }

  /**
   * A read is true at a place: the peer will find the cursor of that place among its events, in order, so that it can tell which
   * of them the read reflects. Where no event carries it a bookmark does (EV-26).
   */
  name(place: AsOf): void {
    if (this.#audienceHalf === undefined || this.#stopped() || place.position <= this.#sentPosition) return;
    this.#places ??= new AwaitedPlaces();
    this.#places.add(place);
    this.#namePlaces();
  }

  /**
   * Sends a bookmark with the newest cursor to a peer that has all there is, or all that it has credit for, unless an event
   * carried one since the last call. It may be the only thing that tells a peer that the events it owes an ack for never came.
   */
  bookmark(): void {
    const idle = !this.#sentSinceBookmark;
    this.#sentSinceBookmark = false;
    if (this.#audienceHalf === undefined || this.#state !== 'ready' || !idle) return;
    if (this.#output.full() || (this.#position < this.#tail.head && this.#canSend())) return;
    const half = this.#eventId === '' ? this.#firstHalf : this.#tenantLog.placeHalf(this.#position, this.#eventId);
    this.#sendBookmark(half, this.#position);
  }

  stop(): void {
    this.#state = 'stopped';
    this.#places = undefined;
  }

  #canSend(): boolean {
    return this.#unacked.count < this.#services.limits.event_window && !this.#output.full();
  }

  /** @param shared whether it goes to others too */
  #take(encoded: LoggedEvent, shared: boolean): void {
    const { event } = encoded;
    this.#pass(event);
    const frames = encoded.framesFor(this.#peer, this.#peer.view.revision);
    let last = frames.length - 1;
    while (last >= 0 && !this.wants((frames[last] as EncodedFrame).type, event.scope)) last -= 1;
    if (last < 0) return;
    for (let index = 0; index < last; index += 1) {
      const frame = frames[index] as EncodedFrame;
      if (this.wants(frame.type, event.scope)) this.#output.send(frame.text);
    }
    const frame = frames[last] as EncodedFrame;
    if (this.#audienceHalf === undefined) {
      this.#output.send(frame.text);
      return;
    }
    const half = encoded.placeHalf();
    const cursors = this.#cursors(half);
    this.#output.send(frame.head + cursors, shared ? frame.headBytes() + cursors.length : undefined);
    this.#sent(half, this.#position);
    this.#sentSinceBookmark = true;
    this.#unacked.add(this.#position);
  }
  /** Delivery has come to an event. */
  #pass({ position, eventId }: StoredEvent): void {
    this.#position = position;
    this.#eventId = eventId;
  }

  /** The cursor that ends in a place half, and the one before it, as they stand at the end of a frame: all of it is ASCII. */
  #cursors(half: string): string {
    return `,"cursor":"${this.#audienceHalf}.${half}","prev":"${this.#sentAudience}.${this.#sentHalf}"}`;
  }

  #sent(half: string, place: number): void {
    this.#sentAudience = this.#audienceHalf ?? '';
    this.#sentHalf = half;
    this.#sentPosition = place;
    if (place > this.#highest) this.#highest = place;
  }

  #sendBookmark(half: string, place: number): void {
    const prev = `${this.#sentAudience}.${this.#sentHalf}`;
    this.#output.send(this.#services.own.bookmark(`${this.#audienceHalf}.${half}`, prev));
    this.#sent(half, place);
  }

  /** Names the places that delivery has come to, unless what was sent last stands there, or after them. */
  #namePlaces(): void {
    for (;;) {
      const place = this.#places?.take(this.#position);
      if (place === undefined) break;
      // A read whose transaction failed may have seen an event there that never came to be.
      const stands = place.position < this.#position || place.eventId === this.#eventId;
      if (stands && place.position > this.#sentPosition)
        this.#sendBookmark(this.#tenantLog.placeHalf(place.position, place.eventId), place.position);
    }
    if (this.#places?.empty === true) this.#places = undefined;
  }

  #lose(reason: string, cause?: unknown): void {
    if (this.#stopped()) return;
    this.#state = 'stopped';
    this.#peer.lost(reason, cause);
  }

  #stopped(): boolean {
    return this.#state === 'stopped';
  }

  /** So many events as there is room for, by what the last ones took: the one that fills it up is the last of its page. */
  #nextPage(): number {
    if (this.#eventBytes === 0) return this.#page;
    return Math.max(1, Math.min(this.#page, Math.floor(this.#output.room() / this.#eventBytes) + 1));
  }

  async #catchUp(): Promise<void> {
    const known = this.#tail.head;
    this.#state = 'reading';
    try {
      const events = await this.#services.log.read(this.#peer.tenant, this.#position, this.#nextPage());
      if (this.#stopped()) return;
      this.#state = 'ready';
      // The log has no holes: what does not follow at once, or is not there though it was, has been trimmed.
      const next = events[0]?.position ?? known + 1;
      if (next > this.#position + 1) {
        this.#lose('the log was trimmed past what was sent; resume to learn from where');
        return;
      }
      const roomBefore = this.#output.room();
      let taken = 0;
      for (const encoded of this.#tenantLog.encodePage(events)) {
        if (this.#stopped() || !this.#canSend()) break;
        this.#take(encoded, false);
        this.#namePlaces();
        taken += 1;
      }
      this.#page = Math.min(MOST_IN_PAGE, 2 * Math.max(1, taken));
      if (taken > 0) this.#eventBytes = (roomBefore - this.#output.room()) / taken;
    } catch (cause) {
      this.#lose('the log cannot be read now', cause);
      return;
    }
    this.pump();
  }
}
