import type { StoredEvent } from '../ports/store.ts';
import type { EncodedEvent } from './encoded-event.ts';

/** How many of a tenant's newest events are kept encoded, for everyone who is up to date. */
const MOST_EVENTS = 1024;

/** The newest events of one tenant, encoded; whoever is further behind reads the store. */
export interface HotTail {
  readonly epoch: string;
  /** Position of the newest committed event. */
  readonly head: number;
  append(events: readonly StoredEvent[]): void;
  /** The event right after a position, or `undefined` when it is older than the tail or not there yet. */
  next(position: number): EncodedEvent | undefined;
}

export function createHotTail(epoch: string, head: number, encode: (event: StoredEvent) => EncodedEvent): HotTail {
  let newest = head;
  let events: EncodedEvent[] = [];
  return {
    epoch,
    get head() {
      return newest;
    },
    append(added) {
      for (const event of added) {
        if (event.position <= newest) continue;
        // A hole cannot be served from here: the store has what is missing.
        if (event.position > newest + 1) events = [];
        events.push(encode(event));
        newest = event.position;
      }
      if (events.length > 2 * MOST_EVENTS) events = events.slice(-MOST_EVENTS);
    },
    next(position) {
      return events[position - (newest - events.length)];
    },
  };
}
