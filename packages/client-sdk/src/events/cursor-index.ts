import type { Clock } from '@tyrum/contracts';

/** In which order the newest cursors came, the only order that opaque cursors have. */
export interface CursorIndex {
  note(cursor: string, index: number): void;
  find(cursor: string): number | undefined;
  /** Its index as soon as it has come; `undefined` when nobody waits any more. */
  wait(cursor: string, patience: Patience): Promise<number | undefined>;
}

/** How long a cursor is waited for: so many milliseconds, so many other cursors, or until it is called off. */
export interface Patience {
  readonly ms: number;
  readonly cursors: number;
  readonly signal: AbortSignal;
}

export function createCursorIndex(clock: Clock, limit: number): CursorIndex {
  const indices = new Map<string, number>();
  /** Each is told what came, and whether that ends its wait is its own affair. */
  const waiting = new Set<(cursor: string) => void>();
  return {
    note(cursor, index) {
      indices.delete(cursor);
      indices.set(cursor, index);
      const oldest = indices.keys().next();
      if (indices.size > limit && !oldest.done) indices.delete(oldest.value);
      for (const tell of waiting) tell(cursor);
    },
    find: (cursor) => indices.get(cursor),
    wait(wanted, patience) {
      const known = indices.get(wanted);
      if (known !== undefined || patience.signal.aborted) return Promise.resolve(known);
      return new Promise((resolve) => {
        let others = 0;
        const end = () => {
          cancel();
          patience.signal.removeEventListener('abort', end);
          waiting.delete(tell);
          resolve(indices.get(wanted));
        };
        const tell = (cursor: string) => {
          others += 1;
          if (cursor === wanted || others >= patience.cursors) end();
        };
        const cancel = clock.after(patience.ms, end);
        patience.signal.addEventListener('abort', end);
        waiting.add(tell);
      });
    },
  };
}
