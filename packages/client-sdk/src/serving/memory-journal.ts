import type { Journal, JournalEntry } from '../ports/journal.ts';

/**
 * A journal that lasts as long as the process. It forgets the oldest finished entries past `limit`, never those that run.
 *
 * @param limit finished entries kept; @default 10000
 */
export function createMemoryJournal(limit = 10_000): Journal {
  const running = new Set<string>();
  const finished = new Map<string, Extract<JournalEntry, { state: 'finished' }>>();
  return {
    durable: false,
    find: (key) => finished.get(key) ?? (running.has(key) ? { state: 'started' } : undefined),
    start: (key) => void running.add(key),
    finish(key, outcome) {
      running.delete(key);
      finished.set(key, { state: 'finished', outcome });
      const oldest = finished.keys().next();
      if (finished.size > limit && !oldest.done) finished.delete(oldest.value);
    },
  };
}
