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

export function createLogWriter(session: Session, feed: AppendFeed): LogWriter {
  const read = session.prepare<LogRow>(
    'SELECT epoch, head, head_event_id, floor, floor_event_id FROM logs WHERE tenant = ?',
  );
  const make = session.prepare(
    `INSERT INTO logs (tenant, epoch, head, head_event_id, floor, floor_event_id) VALUES (?, '', 0, '', 0, '')`,
  );
  const advance = session.prepare<{ head: number }>(
    'UPDATE logs SET head = head + 1, head_event_id = ? WHERE tenant = ? RETURNING head',
  );
  const insert = session.prepare(`
    INSERT INTO events (tenant, position, event_id, type, occurred_at, scope_kind, scope_id, device, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const setEpoch = session.prepare('UPDATE logs SET epoch = ? WHERE tenant = ?');
  const trim = prepareTrim(session);
  const tenants = session.prepare<{ tenant: string }>('SELECT tenant FROM logs ORDER BY tenant');

  function nextPosition(tenant: string, eventId: string): number {
    const position = advance.get(eventId, tenant)?.head;
    if (position !== undefined) return position;
    make.run(tenant);
    return nextPosition(tenant, eventId);
  }

  /** The log's row; a log that nobody asked for its identity yet has an empty epoch. */
  function open(tenant: string): LogRow {
    const row = read.get(tenant);
    if (row !== undefined) return row;
    make.run(tenant);
    return { epoch: '', head: 0, head_event_id: '', floor: 0, floor_event_id: '' };
  }

  return {
    append(tenant, event) {
      const tenantText = encodeText(tenant);
      const stored = storedEvent(nextPosition(tenantText, event.eventId), event);
      insert.run(tenantText, stored.position, ...columnsOf(stored));
      feed.record(tenant, stored);
      return stored.position;
    },

    state(tenant, newEpoch) {
      const tenantText = encodeText(tenant);
      const row = open(tenantText);
      if (row.epoch !== '') return stateOf(row);
      const epoch = newEpoch();
      setEpoch.run(epoch, tenantText);
      return stateOf({ ...row, epoch });
    },

    renew(tenant, epoch) {
      const tenantText = encodeText(tenant);
      open(tenantText);
      setEpoch.run(epoch, tenantText);
    },

    trim(tenant, bounds) {
      const tenantText = encodeText(tenant);
      const row = read.get(tenantText);
      return row === undefined ? 0 : trim(tenantText, row, bounds);
    },

    tenants: () => tenants.all().map(({ tenant }) => decodeText(tenant)),
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
  readonly head: number;
  readonly head_event_id: string;
  readonly floor: number;
  readonly floor_event_id: string;
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

function prepareTrim(session: Session): (tenant: string, log: LogRow, bounds: TrimBounds) => number {
  const firstSince = session.prepare<{ position: number }>(`
    SELECT position FROM events WHERE tenant = ? AND position > ? AND position <= ? AND occurred_at >= ?
    ORDER BY position LIMIT 1`);
  const eventIdAt = session.prepare<{ event_id: string }>(
    'SELECT event_id FROM events WHERE tenant = ? AND position = ?',
  );
  const removeUpTo = session.prepare('DELETE FROM events WHERE tenant = ? AND position <= ?');
  const setFloor = session.prepare('UPDATE logs SET floor = ?, floor_event_id = ? WHERE tenant = ?');

  return (tenant, { head, floor }, { upTo, occurredBefore, limit }) => {
    let last = Math.min(upTo, head, floor + limit);
    if (occurredBefore !== undefined) {
      // The log has no holes: the first event that is still wanted keeps all that follow.
      const wanted = firstSince.get(tenant, floor, last, occurredBefore);
      if (wanted !== undefined) last = wanted.position - 1;
    }
    const event = last > floor ? eventIdAt.get(tenant, last) : undefined;
    if (event === undefined) return floor;
    removeUpTo.run(tenant, last);
    setFloor.run(last, event.event_id, tenant);
    return last;
  };
}

function stateOf({ epoch, head, head_event_id, floor, floor_event_id }: LogRow): LogState {
  return { epoch, head, floor, headEventId: head_event_id, floorEventId: floor_event_id };
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
