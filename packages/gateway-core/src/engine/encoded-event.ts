import type { Contract } from '@tyrum/contracts';
import type { StoredEvent } from '../ports/store.ts';
import { fromLogScope } from './audience.ts';
import type { CursorCodec } from './cursor.ts';

/** A committed event with what is derived from it for everyone: encoded once per revision, its place told once. */
export interface EncodedEvent {
  readonly event: StoredEvent;
  /** The place half of its cursor. */
  placeHalf(): string;
  /**
   * The event in the words of a revision: each text is a frame without its closing brace, so that a cursor can follow. The
   * last one carries the cursor. Empty where the revision does not have it.
   */
  framesAt(revision: number): readonly EncodedFrame[];
}

export interface EncodedFrame {
  readonly type: string;
  readonly head: string;
}

export function encodeEvent(contract: Contract, codec: CursorCodec, tenant: string, epoch: string, event: StoredEvent): EncodedEvent {
  let place: string | undefined;
  const frames = new Map<number, readonly EncodedFrame[]>();
  return {
    event,
    placeHalf() {
      place ??= codec.placeHalf({ tenant, epoch, position: event.position, eventId: event.eventId });
      return place;
    },
    framesAt(revision) {
      let encoded = frames.get(revision);
      if (encoded === undefined) {
        encoded = framesOf(contract, revision, event);
        frames.set(revision, encoded);
      }
      return encoded;
    },
  };
}

/** An event that is not in the log, in the words of a revision: whole frames. */
export function encodeLiveEvent(
  contract: Contract,
  revision: number,
  event: Omit<StoredEvent, 'position'>,
): readonly { readonly type: string; readonly text: string }[] {
  return framesOf(contract, revision, event).map(({ type, head }) => ({ type, text: `${head}}` }));
}

function framesOf(contract: Contract, revision: number, event: Omit<StoredEvent, 'position'>): readonly EncodedFrame[] {
  const current = contract.served.at(-1);
  const words =
    revision === current
      ? contract.at(revision).events.has(event.type)
        ? [{ type: event.type, json: event.payload }]
        : []
      : contract
          .at(revision)
          .sayEvent(event.type, JSON.parse(event.payload))
          .map(({ type, payload }) => ({ type, json: JSON.stringify(payload) }));
  const occurredAt = new Date(event.occurredAt).toISOString();
  const scope = event.scope === undefined ? '' : `,"scope":${JSON.stringify(fromLogScope(event.scope))}`;
  return words.map(({ type, json }, index) => {
    // One event may become several; each needs an identity that stays the same when it is sent again.
    const eventId = index === words.length - 1 ? event.eventId : `${event.eventId}-${index}`;
    return {
      type,
      head: `{"event_id":"${eventId}","type":"${type}","occurred_at":"${occurredAt}"${scope},"payload":${json}`,
    };
  });
}
