import {
  type AppendFeed,
  decodeText,
  encodeText,
  type LogScope,
  type LogState,
  type LogWriter,
  type NewEvent,
  type StoredEvent,
  storedEvent,
} from '@tyrum/gateway-core';
import type { SqlDatabase } from './driver.ts';
import type { Session } from './session.ts';

/** How many tenants' logs are known by heart. */
const MOST_KNOWN = 10_000;

export interface SqliteLogWriter extends LogWriter {
  /** What a work wrote was undone: what is known by heart may be wrong. */
  forget(): void;
}

export function createLogWriter(session: Session, feed: AppendFeed): SqliteLogWriter {
  /** The extent of the logs as the running work sees them: nobody else writes to the file, and every request asks for it. */
  const known = new Map<string, LogState>();

  const read = session.prepare<LogRow>('SELECT epoch, floor, floor_event_id FROM logs WHERE tenant = ?');
  const make = session.prepare(`INSERT INTO logs (tenant, epoch, floor, floor_event_id) VALUES (?, '', 0, '')`);
  const newest = session.prepare<NewestRow>(
    'SELECT position, event_id FROM events WHERE tenant = ? ORDER BY position DESC LIMIT 1',
  );
  const insert = session.prepare(`
    INSERT INTO events (tenant, position, event_id, type, occurred_at, scope_kind, scope_id, device, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const setEpoch = session.prepare('UPDATE logs SET epoch = ? WHERE tenant = ?');
  const trim = prepareTrim(session);
  const tenants = session.prepare<{ tenant: string }>('SELECT tenant FROM logs ORDER BY tenant');

  /** The log's extent; its row is made if need be. A log whose identity nobody asked for yet has an empty epoch. */
  function open(tenant: string): LogState {
    const state = known.get(tenant);
    if (state !== undefined) return state;
    const tenantText = encodeText(tenant);
    const row = read.get(tenantText);
    if (row === undefined) make.run(tenantText);
    return keep(tenant, stateOf(row ?? { epoch: '', floor: 0, floor_event_id: '' }, newest.get(tenantText)));
  }

  function keep(tenant: string, state: LogState): LogState {
    if (known.size >= MOST_KNOWN && !known.has(tenant)) known.clear();
    known.set(tenant, state);
    return state;
  }

  function setIdentity(tenant: string, epoch: string): LogState {
    const state = open(tenant);
    setEpoch.run(epoch, encodeText(tenant));
    return keep(tenant, { ...state, epoch });
  }

  return {
    append(tenant, event) {
      const state = open(tenant);
      const stored = storedEvent(state.head + 1, event);
      insert.run(encodeText(tenant), stored.position, ...columnsOf(stored));
      keep(tenant, { ...state, head: stored.position, headEventId: stored.eventId });
      feed.record(tenant, stored);
      return stored.position;
    },

    state(tenant, newEpoch) {
      const state = open(tenant);
      return state.epoch === '' ? setIdentity(tenant, newEpoch()) : state;
    },

    renew(tenant, epoch) {
      setIdentity(tenant, epoch);
    },

    trim(tenant, bounds) {
      const tenantText = encodeText(tenant);
      const row = read.get(tenantText);
      if (row === undefined) return 0;
      known.delete(tenant);
      return trim(tenantText, row.floor, bounds);
    },

    tenants: () => tenants.all().map(({ tenant }) => decodeText(tenant)),

    forget: () => known.clear(),
  };
}

/** Reads committed events through a connection of its own, which sees nothing of the transaction that runs. */
export function createEventReader(
  database: SqlDatabase,
): (tenant: string, after: number, limit: number) => StoredEvent[] {
  const read = database.prepare(`
    SELECT position, event_id, type, occurred_at, scope_kind, scope_id, device, payload FROM events
    WHERE tenant = ? AND position > ? ORDER BY position LIMIT ?`);
  return (tenant, after, limit) => (read.all(encodeText(tenant), after, limit) as EventRow[]).map(eventOf);
}

interface LogRow {
  readonly epoch: string;
  readonly floor: number;
  readonly floor_event_id: string;
}

interface NewestRow {
  readonly position: number;
  readonly event_id: string;
}

interface EventRow {
  readonly position: number;
  readonly event_id: string;
  readonly type: string;
  readonly occurred_at: number;
  readonly scope_kind: LogScope['kind'] | null;
  readonly scope_id: string | null;
  readonly device: string | null;
  readonly payload: string;
}

type TrimBounds = Parameters<LogWriter['trim']>[1];

function prepareTrim(session: Session): (tenant: string, floor: number, bounds: TrimBounds) => number {
  const lastUpTo = session.prepare<NewestRow>(
    'SELECT position, event_id FROM events WHERE tenant = ? AND position <= ? ORDER BY position DESC LIMIT 1',
  );
  const firstSince = session.prepare<{ position: number }>(`
    SELECT position FROM events WHERE tenant = ? AND position > ? AND position <= ? AND occurred_at >= ?
    ORDER BY position LIMIT 1`);
  const removeUpTo = session.prepare('DELETE FROM events WHERE tenant = ? AND position <= ?');
  const setFloor = session.prepare('UPDATE logs SET floor = ?, floor_event_id = ? WHERE tenant = ?');

  return (tenant, floor, { upTo, occurredBefore, limit }) => {
    let bound = Math.min(upTo, floor + limit);
    if (occurredBefore !== undefined) {
      // The log has no holes: the first event that is still wanted keeps all that follow.
      const wanted = firstSince.get(tenant, floor, bound, occurredBefore);
      if (wanted !== undefined) bound = wanted.position - 1;
    }
    const last = lastUpTo.get(tenant, bound);
    if (last === undefined) return floor;
    removeUpTo.run(tenant, last.position);
    setFloor.run(last.position, last.event_id, tenant);
    return last.position;
  };
}

function stateOf({ epoch, floor, floor_event_id }: LogRow, newest: NewestRow | undefined): LogState {
  const head = newest ?? { position: floor, event_id: floor_event_id };
  return { epoch, head: head.position, floor, headEventId: head.event_id, floorEventId: floor_event_id };
}

function columnsOf({ eventId, type, occurredAt, scope, device, payload }: NewEvent) {
  return [eventId, type, occurredAt, scope?.kind ?? null, encoded(scope?.id), encoded(device), payload] as const;
}

function encoded(text: string | undefined): string | null {
  return text === undefined ? null : encodeText(text);
}

function eventOf(row: EventRow): StoredEvent {
  const { position, event_id, type, occurred_at, scope_kind, scope_id, device, payload } = row;
  return storedEvent(position, {
    eventId: event_id,
    type,
    occurredAt: occurred_at,
    ...(scope_kind !== null && {
      scope: { kind: scope_kind, ...(scope_id !== null && { id: decodeText(scope_id) }) },
    }),
    ...(device !== null && { device: decodeText(device) }),
    payload,
  });
}
