import { type Clock, type Random, randomUuid } from '@tyrum/contracts';

/** Writes the events that are made for one peer and never kept: they have an identity and a time, and nothing in the log. */
export interface OwnEvents {
  /** The text of such an event. */
  frame(type: string, payload: unknown): string;
  /** The text of a bookmark. */
  bookmark(cursor: string, prev: string): string;
}

export function createOwnEvents({ clock, random }: { clock: Clock; random: Random }): OwnEvents {
  function head(type: string, payload: string): string {
    const occurredAt = new Date(clock.now()).toISOString();
    return `{"event_id":"${randomUuid(random)}","type":"${type}","occurred_at":"${occurredAt}","payload":${payload}`;
  }
  return {
    frame: (type, payload) => `${head(type, JSON.stringify(payload))}}`,
    bookmark: (cursor, prev) => `${head('events.bookmark', '{}')},"cursor":"${cursor}","prev":"${prev}"}`,
  };
}
