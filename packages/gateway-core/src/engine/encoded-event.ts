import type { Contract, EventView } from '@tyrum/contracts';
import type { NewEvent, StoredEvent } from '../ports/store.ts';
import { fromLogScope, maySee, type Viewer } from './audience.ts';

/** An event with what is derived from it for everyone: encoded once per revision, however many peers it goes to. */
export interface EncodedEvent<Event extends NewEvent = NewEvent> {
  readonly event: Event;
  /** The event in the words of a revision; empty where the revision does not have it. */
  framesAt(revision: number): readonly EncodedFrame[];
  /** Whether a viewer may see the event at all; each of its frames has an audience of its own besides. */
  visibleTo(viewer: Viewer): boolean;
}

/** An event of the log, encoded, with its place. */
export interface LoggedEvent extends EncodedEvent<StoredEvent> {
  /** The place half of its cursor, told once for all peers. */
  placeHalf(): string;
}

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

export function encodeEvent<Event extends NewEvent>(contract: Contract, event: Event): EncodedEvent<Event> {
  const current = contract.current.events.get(event.type);
  const frames = new Map<number, readonly EncodedFrame[]>();
  return {
    event,
    framesAt(revision) {
      let encoded = frames.get(revision);
      if (encoded === undefined) {
        encoded = framesOf(contract, revision, event);
        frames.set(revision, encoded);
      }
      return encoded;
    },
    // An event that the contract no longer has goes to nobody.
    visibleTo: (viewer) => current !== undefined && maySee(viewer, current, event.device),
  };
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
