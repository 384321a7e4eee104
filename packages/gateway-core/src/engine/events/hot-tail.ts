import type { StoredEvent } from '../../ports/store.ts';
import type { LoggedEvent } from './encoded-event.ts';

/** How many of a tenant's newest events are kept encoded, for everyone who is up to date, and how much text at the most. */
const MOST_EVENTS = 1024;
const MOST_CHARACTERS = 8_388_608;

/** The newest events of one tenant, encoded; whoever is further behind reads the store. */
export interface HotTail {
  readonly epoch: string;
  /** Position of the newest committed event. */
  readonly head: number;
  append(events: readonly StoredEvent[]): void;
  /** The event right after a position, or `undefined` when it is older than the tail or not there yet. */
  next(position: number): LoggedEvent | undefined;
  /** The last of those that follow the event right after a position without another type between; it must be in the tail. */
  lastAlike(position: number): StoredEvent | undefined;
}

/** Events that follow each other and are of one type. */
interface Run {
  last: StoredEvent;
}

export function createHotTail(
  epoch: string,
  head: number,
  encode: (events: readonly StoredEvent[]) => readonly LoggedEvent[],
): HotTail {
  let newest = head;
  let events: LoggedEvent[] = [];
  /** For each of them the run of one type that it is in. */
  let runs: Run[] = [];
  let characters = 0;

  function forget(count: number): void {
    for (const { event } of events.slice(0, count)) characters -= event.payload.length;
    events = events.slice(count);
    runs = runs.slice(count);
  }

  function runWith(event: StoredEvent): Run {
    const run = runs.at(-1);
    if (run === undefined || run.last.type !== event.type) return { last: event };
    run.last = event;
    return run;
  }

  /** Forgets a good part at a time: to move the rest for every event that comes would be dear. */
  function trim(): void {
    if (events.length > 2 * MOST_EVENTS) forget(events.length - MOST_EVENTS);
    if (characters <= MOST_CHARACTERS) return;
    let count = 0;
    let left = characters;
    for (; count < events.length - 1 && left > MOST_CHARACTERS / 2; count += 1) {
      left -= (events[count] as LoggedEvent).event.payload.length;
    }
    forget(count);
  }

  return {
    epoch,
    get head() {
      return newest;
    },
    append(added) {
      for (const encoded of encode(added)) {
        const { event } = encoded;
        if (event.position <= newest) continue;
        // A hole cannot be served from here: the store has what is missing.
        if (event.position > newest + 1) forget(events.length);
        events.push(encoded);
        runs.push(runWith(event));
        characters += event.payload.length;
        newest = event.position;
      }
      trim();
    },
    next(position) {
      const index = position - (newest - events.length);
      return index < 0 ? undefined : events[index];
    },
    lastAlike: (position) => runs[position - (newest - events.length)]?.last,
  };
}
