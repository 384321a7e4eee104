import type { NewEvent, StoredEvent } from '../ports/store.ts';

/** An event at its position, as listeners and readers can share it: nobody can change it. */
export function storedEvent(position: number, event: NewEvent): StoredEvent {
  const { eventId, type, occurredAt, scope, device, payload } = event;
  return Object.freeze({
    position,
    eventId,
    type,
    occurredAt,
    ...(scope && { scope: Object.freeze({ ...scope }) }),
    ...(device !== undefined && { device }),
    payload,
  });
}
