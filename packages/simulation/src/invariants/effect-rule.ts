import type { StoredEvent } from '@tyrum/gateway-core';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';

/** How often each intention changed a counter: at most once in any history of the log. */
export interface Effects {
  appended(events: readonly StoredEvent[]): void;
  timesFor(token: string): number;
  /** The histories before this moment count no more, except for what this one took over from them. */
  restored(tenants: readonly string[], logs: TrueLogs): void;
}

export function createEffects(verdict: Verdict): Effects {
  let times = new Map<string, number>();

  function count(event: StoredEvent): void {
    if (event.type !== 'counter.changed') return;
    const { token } = JSON.parse(event.payload) as { readonly token: string };
    const count = (times.get(token) ?? 0) + 1;
    times.set(token, count);
    if (count > 1) verdict.fail('one effect', `what ${token} asked for happened ${count} times`);
  }

  return {
    appended(events) {
      for (const event of events) count(event);
    },
    timesFor: (token) => times.get(token) ?? 0,
    restored(tenants, logs) {
      times = new Map();
      for (const tenant of new Set(tenants)) {
        const log = logs.of(tenant);
        for (let position = 1; position <= log.head; position += 1) count(log.at(position) as StoredEvent);
      }
    },
  };
}
