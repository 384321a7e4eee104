import type { LogReader, StoredEvent } from '../ports/store.ts';

/** Holds back the events of a transaction until its commit, then tells the listeners. */
export interface AppendFeed {
  readonly onAppend: LogReader['onAppend'];
  /** Notes an event that the running work appended. */
  record(tenant: string, event: StoredEvent): void;
  /** The place to come back to when the work that starts now fails. */
  mark(): number;
  /** Forgets what was recorded since the mark. */
  rewind(mark: number): void;
  /** Tells the listeners what was recorded, one call per tenant; a listener that throws is reported and hurts nobody. */
  publish(): void;
}

/**
 * @param onListenerError is told what a listener threw. Default: it is written to the console.
 */
export function createAppendFeed(onListenerError: (error: unknown) => void = writeToConsole): AppendFeed {
  const listeners = new Set<{ readonly tell: Parameters<LogReader['onAppend']>[0] }>();
  let recorded: { readonly tenant: string; readonly event: StoredEvent }[] = [];

  function tellAll(tenant: string, events: readonly StoredEvent[]): void {
    for (const listener of listeners) {
      try {
        listener.tell(tenant, events);
      } catch (error) {
        // A later turn, so that a reporter which throws cannot reach into the commit either.
        void Promise.resolve(error).then(onListenerError);
      }
    }
  }

  return {
    onAppend(tell) {
      const listener = { tell };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    record: (tenant, event) => void recorded.push({ tenant, event }),
    mark: () => recorded.length,
    rewind(mark) {
      recorded.length = mark;
    },
    publish() {
      if (recorded.length === 0) return;
      const byTenant = new Map<string, StoredEvent[]>();
      for (const { tenant, event } of recorded) {
        const events = byTenant.get(tenant);
        if (events === undefined) byTenant.set(tenant, [event]);
        else events.push(event);
      }
      recorded = [];
      for (const [tenant, events] of byTenant) tellAll(tenant, events);
    },
  };
}

function writeToConsole(error: unknown): void {
  const { console } = globalThis as { console?: { error(...parts: unknown[]): void } };
  console?.error('a listener of the event log failed', error);
}
