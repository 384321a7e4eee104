import type { Cursors, LogState, LogWriter } from '../ports/store.ts';
import type { AppendFeed } from './append-feed.ts';
import { encodeParts, encodeText } from './document-index.ts';
import type { Draft, LogRow } from './memory-tables.ts';
import { between, find, insert, remove } from './sorted-map.ts';
import { storedEvent } from './stored-event.ts';

/** The logs of a memory store, as the running work sees them. */
export function createMemoryLog(draft: Draft, feed: AppendFeed): LogWriter {
  function write(log: LogRow): void {
    const { tables } = draft;
    draft.tables = { ...tables, logs: insert(tables.logs, encodeText(log.tenant), log) };
  }

  function logOf(tenant: string): LogRow | undefined {
    return find(draft.tables.logs, encodeText(tenant));
  }

  return {
    append(tenant, event) {
      const log = logOf(tenant) ?? emptyLog(tenant);
      const stored = storedEvent(log.head + 1, event);
      write({
        ...log,
        head: stored.position,
        headEventId: stored.eventId,
        events: insert(log.events, stored.position, stored),
      });
      feed.record(tenant, stored);
      return stored.position;
    },

    state(tenant, newEpoch): LogState {
      let log = logOf(tenant) ?? emptyLog(tenant);
      if (log.epoch === '') {
        log = { ...log, epoch: newEpoch() };
        write(log);
      }
      const { epoch, head, floor, headEventId, floorEventId } = log;
      return { epoch, head, floor, headEventId, floorEventId };
    },

    renew: (tenant, epoch) => write({ ...(logOf(tenant) ?? emptyLog(tenant)), epoch }),

    trim(tenant, { upTo, occurredBefore = Number.POSITIVE_INFINITY, limit }) {
      const log = logOf(tenant);
      if (log === undefined) return 0;
      let { floor, floorEventId, events } = log;
      for (const [position, event] of between(log.events, undefined, Math.min(upTo, floor + limit) + 1)) {
        // The log has no holes: the first event that is still wanted keeps all that follow.
        if (event.occurredAt >= occurredBefore) break;
        events = remove(events, position);
        floor = position;
        floorEventId = event.eventId;
      }
      write({ ...log, floor, floorEventId, events });
      return floor;
    },

    tenants: () => Array.from(between(draft.tables.logs, undefined, undefined), ([, { tenant }]) => tenant),
  };
}

/** The cursors of a memory store, as the running work sees them. */
export function createMemoryCursors(draft: Draft): Cursors {
  return {
    get: (tenant, device) => find(draft.tables.cursors, encodeParts([tenant, device])),
    put(tenant, device, { position, cursor }) {
      const row = Object.freeze({ position, cursor });
      const { tables } = draft;
      draft.tables = { ...tables, cursors: insert(tables.cursors, encodeParts([tenant, device]), row) };
    },
  };
}

/** A log whose identity nobody has asked for yet. */
function emptyLog(tenant: string): LogRow {
  return { tenant, epoch: '', head: 0, floor: 0, headEventId: '', floorEventId: '', events: undefined };
}
