import { type Contract, type EventView, utf8Length } from '@tyrum/contracts';
import type { NewEvent, StoredEvent } from '../../ports/store.ts';
import { fromLogScope, mayFollow, maySee, type Viewer } from '../rights/audience.ts';
import type { CursorCodec, LogName } from './cursor.ts';

/** One frame of an event. */
export interface EncodedFrame {
  readonly view: EventView;
  readonly type: string;
  /** The one device that may see it, when it is addressed to one. */
  readonly device: string | undefined;
  /** The frame without its closing brace, so that a cursor can follow. */
  readonly head: string;
  /** The frame as it is sent without a cursor. */
  readonly text: string;
  /** How long the head is in UTF-8. Counted once: worth it for what goes to many. */
  headBytes(): number;
}

const NONE: readonly EncodedFrame[] = [];

/**
 * An event with what is derived from it for everyone: encoded once per revision, however many peers it goes to, and not before
 * the first of them may see it.
 *
 * A class, unlike most of what is here: there are many of them at a time, and most are never asked.
 */
export class EncodedEvent<Event extends NewEvent = NewEvent> {
  readonly event: Event;
  readonly #contract: Contract;
  /** `undefined` for an event that the contract no longer has: it goes to nobody. */
  readonly #view: EventView | undefined;
  #words: Words | undefined = undefined;
  /** The rights of the last viewer, and what they show: most peers have the same as the one before them. */
  #role = '';
  #scopes: ReadonlySet<string> | undefined = undefined;
  #extensions: ReadonlySet<string> | undefined = undefined;
  #hidden = true;
  /** The frames that they show at a revision, once that is known. */
  #seen: readonly EncodedFrame[] | undefined = undefined;
  #seenAt = 0;

  constructor(contract: Contract, event: Event) {
    this.event = event;
    this.#contract = contract;
    this.#view = contract.current.events.get(event.type);
  }

  /** The event in the words of a revision; empty where the revision does not have it. */
  framesAt(revision: number): readonly EncodedFrame[] {
    for (let words = this.#words; words !== undefined; words = words.others) {
      if (words.revision === revision) return words.frames;
    }
    const frames = framesOf(this.#contract, revision, this.event);
    this.#words = { revision, frames, others: this.#words };
    return frames;
  }

  /** Those of them that a viewer may see. */
  framesFor(viewer: Viewer, revision: number): readonly EncodedFrame[] {
    if (this.#view === undefined || this.typeHiddenFrom(viewer)) return NONE;
    if (this.#seen !== undefined && this.#seenAt === revision) return this.#seen;
    const { device } = this.event;
    if (!maySee(viewer, this.#view, device)) return NONE;
    const frames = this.framesAt(revision);
    const seen = frames.filter((frame) => maySee(viewer, frame.view, frame.device));
    // What goes to one device is judged for each.
    if (device !== undefined || frames.some((frame) => frame.device !== undefined)) return seen;
    this.#seen = seen;
    this.#seenAt = revision;
    return seen;
  }

  /** Whether a viewer may see no event of this type, whichever it is: then those that follow of the same type need no look. */
  typeHiddenFrom(viewer: Viewer): boolean {
    const { role, scopes, extensions } = viewer;
    // Sets of rights never change, and peers who have the same ones share the sets.
    if (this.#role !== role || this.#scopes !== scopes || this.#extensions !== extensions) {
      this.#role = role;
      this.#scopes = scopes;
      this.#extensions = extensions;
      this.#hidden = this.#view === undefined || !mayFollow(viewer, this.#view);
      this.#seen = undefined;
    }
    return this.#hidden;
  }
}

/** An event of the log, encoded, with its place. */
export class LoggedEvent extends EncodedEvent<StoredEvent> {
  readonly #places: PlaceHalves;
  readonly #index: number;

  /** @param index where it stands among the events that the places are of */
  constructor(contract: Contract, event: StoredEvent, places: PlaceHalves, index: number) {
    super(contract, event);
    this.#places = places;
    this.#index = index;
  }

  /** The place half of its cursor, told once for all peers. */
  placeHalf(): string {
    return this.#places.at(this.#index);
  }
}

/** What the places of one log have in common. */
export interface LogIdentity extends LogName {
  readonly codec: Pick<CursorCodec, 'placeHalves'>;
}

/** How many places are made in one call at the most: whoever asks for one waits for all. */
const MOST_PLACES = 256;

/** Encodes events that stand in a log, in their order. */
export function encodeLogged(contract: Contract, log: LogIdentity, events: readonly StoredEvent[]): LoggedEvent[] {
  const encoded: LoggedEvent[] = [];
  for (let from = 0; from < events.length; from += MOST_PLACES) {
    const some = events.slice(from, from + MOST_PLACES);
    const places = new PlaceHalves(log, some);
    for (const [index, event] of some.entries()) encoded.push(new LoggedEvent(contract, event, places, index));
  }
  return encoded;
}

/** The place halves of events that came together: most often each will be asked for, and all cost little more than one. */
class PlaceHalves {
  readonly #log: LogIdentity;
  readonly #events: readonly StoredEvent[];
  #halves: readonly string[] | undefined = undefined;

  constructor(log: LogIdentity, events: readonly StoredEvent[]) {
    this.#log = log;
    this.#events = events;
  }

  at(index: number): string {
    this.#halves ??= this.#log.codec.placeHalves(this.#log, this.#events);
    return this.#halves[index] as string;
  }
}

/** The frames at one revision, and at those that were asked for before. */
interface Words {
  readonly revision: number;
  readonly frames: readonly EncodedFrame[];
  readonly others: Words | undefined;
}

function framesOf(contract: Contract, revision: number, event: NewEvent): readonly EncodedFrame[] {
  const view = contract.at(revision);
  const { type, eventId, device, payload } = event;
  const occurredAt = new Date(event.occurredAt).toISOString();
  const scope = event.scope === undefined ? '' : `,"scope":${JSON.stringify(fromLogScope(event.scope))}`;
  const rest = `"occurred_at":"${occurredAt}"${scope},"payload":`;
  if (revision === contract.current.revision) {
    const eventView = view.events.get(type);
    return eventView === undefined ? NONE : [new Frame(eventView, type, device, eventId, rest + payload)];
  }
  const words = view.sayEvent(type, JSON.parse(payload));
  return words.flatMap((said, index) => {
    const eventView = view.events.get(said.type);
    if (eventView === undefined) return [];
    // One event may become several; each needs an identity that stays the same when it is sent again.
    const id = index === words.length - 1 ? eventId : `${eventId}-${index}`;
    return [new Frame(eventView, said.type, said.deviceId ?? device, id, rest + JSON.stringify(said.payload))];
  });
}

class Frame implements EncodedFrame {
  readonly view: EventView;
  readonly type: string;
  readonly device: string | undefined;
  readonly head: string;
  readonly text: string;
  #headBytes = -1;

  constructor(view: EventView, type: string, device: string | undefined, eventId: string, rest: string) {
    this.view = view;
    this.type = type;
    this.device = device;
    this.head = `{"event_id":"${eventId}","type":"${type}",${rest}`;
    this.text = `${this.head}}`;
  }

  headBytes(): number {
    if (this.#headBytes < 0) this.#headBytes = utf8Length(this.head);
    return this.#headBytes;
  }
}
