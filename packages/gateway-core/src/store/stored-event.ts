import type { NewEvent, StoredEvent } from '../ports/store.ts';

/** A new event, whose scope and device may also be there and undefined. */
export interface EventParts extends Omit<NewEvent, 'scope' | 'device'> {
  readonly scope?: NewEvent['scope'] | undefined;
  readonly device?: NewEvent['device'] | undefined;
}

/** An event at its position, as listeners and readers can share it: nobody can change it. */
export function storedEvent(position: number, event: EventParts): StoredEvent {
  const { eventId, type, occurredAt, scope, device, payload } = event;
  const stored: { -readonly [Name in keyof StoredEvent]: StoredEvent[Name] } = {
    position,
    eventId,
    type,
    occurredAt,
    payload,
  };
  // Not spread into the literal: that would cost as much as all the rest, for members which most events do not have.
  if (scope !== undefined) stored.scope = Object.freeze({ ...scope });
  if (device !== undefined) stored.device = device;
  return Object.freeze(stored);
}
