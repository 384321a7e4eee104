import type { TrueLog } from './logs.ts';

/** What the counters are, by what the log says up to a position. */
export function countersOf(log: TrueLog, upTo: number = log.head): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  for (let position = 1; position <= upTo; position += 1) {
    const event = log.at(position);
    if (event?.type !== 'counter.changed') continue;
    const { counter, by } = JSON.parse(event.payload) as { readonly counter: string; readonly by: number };
    counters.set(counter, (counters.get(counter) ?? 0) + by);
  }
  return counters;
}
