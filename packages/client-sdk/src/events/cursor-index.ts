import type { Clock } from '@tyrum/contracts';

/** In which order the newest cursors came, the only order that opaque cursors have. */
export interface CursorIndex {
  note(cursor: string, index: number): void;
  find(cursor: string): number | undefined;
  /** Its index as soon as it has come, `undefined` when it has not after `ms`. */
  wait(cursor: string, ms: number): Promise<number | undefined>;
}

export function createCursorIndex(clock: Clock, limit: number): CursorIndex {
  const indices = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  return {
    note(cursor, index) {
      indices.delete(cursor);
      indices.set(cursor, index);
      const oldest = indices.keys().next();
      if (indices.size > limit && !oldest.done) indices.delete(oldest.value);
      for (const wake of waiting.get(cursor) ?? []) wake();
    },
    find: (cursor) => indices.get(cursor),
    wait(cursor, ms) {
      const known = indices.get(cursor);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        const wakers = waiting.get(cursor) ?? new Set();
        waiting.set(cursor, wakers);
        const wake = () => {
          cancel();
          wakers.delete(wake);
          if (wakers.size === 0) waiting.delete(cursor);
          resolve(indices.get(cursor));
        };
        const cancel = clock.after(ms, wake);
        wakers.add(wake);
      });
    },
  };
}
