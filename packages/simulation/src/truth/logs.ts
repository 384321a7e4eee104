import type { StoredEvent } from '@tyrum/gateway-core';

/** One history of the log of one tenant: what was synced, and nothing else. */
export interface TrueLog {
  /** Which history this is: a restored backup begins another one. */
  readonly branch: number;
  readonly head: number;
  /** Events up to here were trimmed away. */
  readonly floor: number;
  /** `undefined` for 0 and for what this log does not have. */
  at(position: number): StoredEvent | undefined;
  find(eventId: string): StoredEvent | undefined;
}

export interface TrueLogs {
  /** The log as it is now. */
  of(tenant: string): TrueLog;
  /** The log as it was in an earlier history, to its end. */
  inBranch(tenant: string, branch: number): TrueLog | undefined;
  /** When something was last trimmed away, in virtual milliseconds; `-Infinity` for never. */
  trimmedAt(tenant: string): number;
  appended(tenant: string, events: readonly StoredEvent[]): void;
  trimmed(tenant: string, floor: number): void;
  /** What the logs are now, for a backup. */
  mark(): LogMarks;
  /** The logs are again what they were then, and go on as other histories. */
  restored(marks: LogMarks): void;
}

/** Logs as they were at a moment, with their events: the log of that moment may have been given up since. */
export type LogMarks = ReadonlyMap<string, { readonly events: readonly StoredEvent[]; readonly floor: number }>;

interface Log extends TrueLog {
  floor: number;
  readonly events: StoredEvent[];
  readonly byId: Map<string, StoredEvent>;
}

export function createTrueLogs(now: () => number): TrueLogs {
  const logs = new Map<string, Log>();
  const earlier = new Map<string, Log>();
  const trims = new Map<string, number>();
  let branch = 0;

  function create(floor: number, events: StoredEvent[]): Log {
    const byId = new Map(events.map((event) => [event.eventId, event]));
    return {
      branch,
      floor,
      events,
      byId,
      get head() {
        return events.length;
      },
      at: (position) => events[position - 1],
      find: (eventId) => byId.get(eventId),
    };
  }

  function logOf(tenant: string): Log {
    let log = logs.get(tenant);
    if (log === undefined) {
      log = create(0, []);
      logs.set(tenant, log);
    }
    return log;
  }

  return {
    of: logOf,
    inBranch: (tenant, wanted) =>
      logOf(tenant).branch === wanted ? logOf(tenant) : earlier.get(`${tenant} ${wanted}`),
    trimmedAt: (tenant) => trims.get(tenant) ?? Number.NEGATIVE_INFINITY,
    appended(tenant, events) {
      const { events: all, byId } = logOf(tenant);
      for (const event of events) {
        all.push(event);
        byId.set(event.eventId, event);
      }
    },
    trimmed(tenant, floor) {
      const log = logOf(tenant);
      if (floor <= log.floor) return;
      log.floor = floor;
      trims.set(tenant, now());
    },
    mark: () => new Map([...logs].map(([tenant, { events, floor }]) => [tenant, { events: [...events], floor }])),
    restored(marks) {
      branch += 1;
      for (const [tenant, log] of logs) {
        const { events, floor } = marks.get(tenant) ?? { events: [], floor: 0 };
        earlier.set(`${tenant} ${log.branch}`, log);
        logs.set(tenant, create(floor, [...events]));
      }
    },
  };
}
