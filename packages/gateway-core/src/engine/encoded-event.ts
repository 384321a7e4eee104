import type { Contract, EventView } from '@tyrum/contracts';
import type { NewEvent, StoredEvent } from '../ports/store.ts';
import { fromLogScope, mayFollow, maySee, type Viewer } from './audience.ts';
import type { CursorCodec } from './cursor.ts';

export interface EncodedFrame {
  readonly view: EventView;
  readonly type: string;
  /** The one device that may see it, when it is addressed to one. */
  readonly device: string | undefined;
  /** The frame without its closing brace, so that a cursor can follow. */
  readonly head: string;
  /** The frame as it is sent without a cursor. */
  readonly text: string;
}

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
  #frames: Map<number, readonly EncodedFrame[]> | undefined = undefined;

  constructor(contract: Contract, event: Event) {
    this.event = event;
    this.#contract = contract;
    this.#view = contract.current.events.get(event.type);
  }

  /** The event in the words of a revision; empty where the revision does not have it. */
  framesAt(revision: number): readonly EncodedFrame[] {
    this.#frames ??= new Map();
    let encoded = this.#frames.get(revision);
    if (encoded === undefined) {
      encoded = framesOf(this.#contract, revision, this.event);
      this.#frames.set(revision, encoded);
    }
    return encoded;
  }

  /** Whether a viewer may see the event at all; each of its frames has an audience of its own besides. */
  visibleTo(viewer: Viewer): boolean {
    return this.#view !== undefined && maySee(viewer, this.#view, this.event.device);
  }

  /** Whether a viewer may see no event of this type, whichever it is: then those that follow of the same type need no look. */
  typeHiddenFrom(viewer: Viewer): boolean {
    return this.#view === undefined || !mayFollow(viewer, this.#view);
  }
}

/** An event of the log, encoded, with its place. */
export class LoggedEvent extends EncodedEvent<StoredEvent> {
  readonly #log: LogIdentity;
  #placeHalf: string | undefined = undefined;

  constructor(contract: Contract, log: LogIdentity, event: StoredEvent) {
    super(contract, event);
    this.#log = log;
  }

  /** The place half of its cursor, told once for all peers. */
  placeHalf(): string {
    const { codec, tenant, epoch } = this.#log;
    const { position, eventId } = this.event;
    this.#placeHalf ??= codec.placeHalf({ tenant, epoch, position, eventId });
    return this.#placeHalf;
  }
}

/** What the places of one log have in common. */
export interface LogIdentity {
  readonly codec: Pick<CursorCodec, 'placeHalf'>;
  readonly tenant: string;
  readonly epoch: string;
}

function framesOf(contract: Contract, revision: number, event: NewEvent): readonly EncodedFrame[] {
  const view = contract.at(revision);
  const words =
    revision === contract.current.revision
      ? [{ type: event.type, json: event.payload, deviceId: undefined }]
      : view
          .sayEvent(event.type, JSON.parse(event.payload))
          .map(({ type, payload, deviceId }) => ({ type, json: JSON.stringify(payload), deviceId }));
  const occurredAt = new Date(event.occurredAt).toISOString();
  const scope = event.scope === undefined ? '' : `,"scope":${JSON.stringify(fromLogScope(event.scope))}`;
  return words.flatMap(({ type, json, deviceId }, index) => {
    const eventView = view.events.get(type);
    if (eventView === undefined) return [];
    // One event may become several; each needs an identity that stays the same when it is sent again.
    const eventId = index === words.length - 1 ? event.eventId : `${event.eventId}-${index}`;
    const head = `{"event_id":"${eventId}","type":"${type}","occurred_at":"${occurredAt}"${scope},"payload":${json}`;
    return [{ view: eventView, type, device: deviceId ?? event.device, head, text: `${head}}` }];
  });
}
