import type { StoredEvent } from '@tyrum/gateway-core';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';

/** What each intention did: at most one change of a counter, one task and one turn in any history of the log. */
export interface Effects {
  appended(events: readonly StoredEvent[]): void;
  turnRuns(token: string, turnId: string): void;
  /** How often it changed a counter. */
  timesFor(token: string): number;
  /** The histories before this moment count no more, except for what this one took over from them. */
  restored(tenants: readonly string[], logs: TrueLogs): void;
}

export function createEffects(verdict: Verdict): Effects {
  const times = new Map<string, number>();
  const ids = new Map<string, string>();

  function count(event: StoredEvent): void {
    if (event.type === 'counter.changed') {
      const { token } = JSON.parse(event.payload) as { readonly token: string };
      const count = (times.get(token) ?? 0) + 1;
      times.set(token, count);
      if (count > 1) verdict.fail('one effect', `what ${token} asked for happened ${count} times`);
    } else if (event.type === 'task.updated') {
      const { task } = JSON.parse(event.payload) as TaskUpdated;
      const token = task.action.args?.token;
      if (token !== undefined) only('task', token, task.task_id);
    }
  }

  function only(kind: 'task' | 'turn', token: string, id: string): void {
    const known = ids.get(`${kind} ${token}`);
    if (known !== undefined && known !== id) {
      verdict.fail('one effect', `what ${token} asked for became the ${kind} ${known}, and ${id} as well`);
    }
    ids.set(`${kind} ${token}`, id);
  }

  return {
    appended(events) {
      for (const event of events) count(event);
    },
    turnRuns: (token, turnId) => only('turn', token, turnId),
    timesFor: (token) => times.get(token) ?? 0,
    restored(tenants, logs) {
      times.clear();
      ids.clear();
      for (const tenant of new Set(tenants)) {
        const log = logs.of(tenant);
        for (let position = 1; position <= log.head; position += 1) count(log.at(position) as StoredEvent);
      }
    },
  };
}

interface TaskUpdated {
  readonly task: { readonly task_id: string; readonly action: { readonly args?: { readonly token?: string } } };
}
