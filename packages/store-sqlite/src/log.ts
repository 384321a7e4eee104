import {
  type AppendFeed,
  decodeText,
  encodeText,
  type LogScope,
  type LogState,
  type LogWriter,
  type StoredEvent,
  storedEvent,
} from '@tyrum/gateway-core';
import type { Driver, SqlDatabase } from './driver.ts';
import type { Session } from './session.ts';

/**
 * An event's place is the number of its log and, in the lower 36 bits, its position: so all logs share one table that only
 * grows at its leaves, and a log is a range of it. Both together are 53 bits: a driver tells the place of the last row after every
 * statement, and may refuse to tell one that is no exact number of JavaScript.
 */
// The drivers bind every number as a real one, and a sum of those would be rounded.
const PLACE = '((? << 36) + CAST(? AS INTEGER))';
const POSITION = '(place & 0xfffffffff)';
const MOST_POSITION = 2 ** 36 - 1;
const MOST_LOGS = 2 ** 17 - 1;

/** How many tenants' logs are known by heart. */
const MOST_KNOWN = 10_000;

interface KnownLog {
  readonly number: number;
  state: LogState;
}

export interface SqliteLogWriter extends LogWriter {
  /** What a work wrote was undone: what is known by heart may be wrong. */
  forget(): void;
}

export function createLogWriter(session: Session, feed: AppendFeed): SqliteLogWriter {
  /** The logs as the running work sees them: nobody else writes to the file, and every request asks for one. */
  const known = new Map<string, KnownLog>();

  const read = session.prepare<LogRow>('SELECT number, epoch, floor, floor_event_id FROM logs WHERE tenant = ?');
  const make = session.prepare(`INSERT INTO logs (tenant, epoch, floor, floor_event_id) VALUES (?, '', 0, '')`);
  const newest = session.prepare<NewestRow>(`
    SELECT ${POSITION} AS position, event_id FROM events WHERE place > ${PLACE} AND place < ${PLACE}
    ORDER BY place DESC LIMIT 1`);
  const insert = session.prepare(`
    INSERT INTO events (place, event_id, type, occurred_at, scope_kind, scope_id, device, payload)
    VALUES (${PLACE}, ?, ?, ?, ?, ?, ?, ?)`);
  const setEpoch = session.prepare('UPDATE logs SET epoch = ? WHERE number = ?');
  const trim = prepareTrim(session);
  const tenants = session.prepare<{ tenant: string }>('SELECT tenant FROM logs ORDER BY tenant');

  /** The log of a tenant; its row is made if need be. A log whose identity nobody asked for yet has an empty epoch. */
  function open(tenant: string): KnownLog {
    const log = known.get(tenant);
    if (log !== undefined) return log;
    const tenantText = encodeText(tenant);
    const row = read.get(tenantText) ?? { number: make.insert(tenantText), epoch: '', floor: 0, floor_event_id: '' };
    if (row.number > MOST_LOGS) throw new RangeError(`a file holds the logs of ${MOST_LOGS} tenants: open another one`);
    const opened = { number: row.number, state: stateOf(row, newest.get(row.number, 0, row.number + 1, 0)) };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(tenant, opened);
    return opened;
  }

  function setIdentity(tenant: string, epoch: string): LogState {
    const log = open(tenant);
    setEpoch.run(epoch, log.number);
    log.state = { ...log.state, epoch };
    return log.state;
  }

  return {
    append(tenant, event) {
      const log = open(tenant);
      const { epoch, head, floor, floorEventId } = log.state;
      if (head >= MOST_POSITION) throw new RangeError(`a log ends after ${MOST_POSITION} events`);
      const stored = storedEvent(head + 1, event);
      const { position, eventId, type, occurredAt, scope, device, payload } = stored;
      const scopeId = encoded(scope?.id);
      insert.run(
        log.number,
        position,
        eventId,
        type,
        occurredAt,
        scope?.kind ?? null,
        scopeId,
        encoded(device),
        payload,
      );
      log.state = { epoch, head: position, floor, headEventId: eventId, floorEventId };
      feed.record(tenant, stored);
      return position;
    },

    state(tenant, newEpoch) {
      const { state } = open(tenant);
      return state.epoch === '' ? setIdentity(tenant, newEpoch()) : state;
    },

    renew(tenant, epoch) {
      setIdentity(tenant, epoch);
    },

    trim(tenant, bounds) {
      const row = read.get(encodeText(tenant));
      if (row === undefined) return 0;
      known.delete(tenant);
      return trim(row, bounds);
    },

    tenants: () => tenants.all().map(({ tenant }) => decodeText(tenant)),

    forget: () => known.clear(),
  };
}

/** Reads committed events through a connection of its own, which sees nothing of the transaction that runs. */
export function createEventReader(
  driver: Driver,
  database: SqlDatabase,
): (tenant: string, after: number, limit: number) => StoredEvent[] {
  const read = driver.prepareRows(
    database,
    `SELECT ${POSITION}, event_id, type, occurred_at, scope_kind, scope_id, device, payload
     FROM logs CROSS JOIN events ON place > ((number << 36) + CAST(? AS INTEGER)) AND place < ((number + 1) << 36)
     WHERE tenant = ? ORDER BY place LIMIT ?`,
  );
  // The columns are those of EventRow, in its order.
  return (tenant, after, limit) => read(after, encodeText(tenant), limit).map((row) => eventOf(row as EventRow));
}

interface LogRow {
  readonly number: number;
  readonly epoch: string;
  readonly floor: number;
  readonly floor_event_id: string;
}

interface NewestRow {
  readonly position: number;
  readonly event_id: string;
}

type EventRow = [
  position: number,
  eventId: string,
  type: string,
  occurredAt: number,
  scopeKind: LogScope['kind'] | null,
  scopeId: string | null,
  device: string | null,
  payload: string,
];

type TrimBounds = Parameters<LogWriter['trim']>[1];

function prepareTrim(session: Session): (log: LogRow, bounds: TrimBounds) => number {
  const lastUpTo = session.prepare<NewestRow>(`
    SELECT ${POSITION} AS position, event_id FROM events WHERE place > ${PLACE} AND place <= ${PLACE}
    ORDER BY place DESC LIMIT 1`);
  const firstSince = session.prepare<{ position: number }>(`
    SELECT ${POSITION} AS position FROM events WHERE place > ${PLACE} AND place <= ${PLACE} AND occurred_at >= ?
    ORDER BY place LIMIT 1`);
  const removeUpTo = session.prepare(`DELETE FROM events WHERE place > ${PLACE} AND place <= ${PLACE}`);
  const setFloor = session.prepare('UPDATE logs SET floor = ?, floor_event_id = ? WHERE number = ?');

  return ({ number, floor }, { upTo, occurredBefore, limit }) => {
    let bound = Math.min(upTo, floor + limit, MOST_POSITION);
    if (occurredBefore !== undefined) {
      // The log has no holes: the first event that is still wanted keeps all that follow.
      const wanted = firstSince.get(number, floor, number, bound, occurredBefore);
      if (wanted !== undefined) bound = wanted.position - 1;
    }
    const last = lastUpTo.get(number, floor, number, bound);
    if (last === undefined) return floor;
    removeUpTo.run(number, floor, number, last.position);
    setFloor.run(last.position, last.event_id, number);
    return last.position;
  };
}

function stateOf({ epoch, floor, floor_event_id }: LogRow, newest: NewestRow | undefined): LogState {
  const head = newest ?? { position: floor, event_id: floor_event_id };
  return { epoch, head: head.position, floor, headEventId: head.event_id, floorEventId: floor_event_id };
}

function encoded(text: string | undefined): string | null {
  return text === undefined ? null : encodeText(text);
}

function eventOf([position, eventId, type, occurredAt, kind, scopeId, device, payload]: EventRow): StoredEvent {
  return storedEvent(position, {
    eventId,
    type,
    occurredAt,
    scope: kind === null ? undefined : { kind, ...(scopeId !== null && { id: decodeText(scopeId) }) },
    device: device === null ? undefined : decodeText(device),
    payload,
  });
}
