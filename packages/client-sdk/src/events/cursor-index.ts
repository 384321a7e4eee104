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

/** @param least how many are remembered at least */
export function createCursorIndex(clock: Clock, least: number): CursorIndex {
  // Two generations: to drop the older one costs nothing, where to look for the oldest of many costs more with each that was dropped.
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  /** Each is told what came, and whether that ends its wait is its own affair. */
  const waiting = new Set<(cursor: string) => void>();
  const find = (cursor: string) => young.get(cursor) ?? old.get(cursor);
  return {
    note(cursor, index) {
      if (young.size >= least) {
        old = young;
        young = new Map();
      }
      young.set(cursor, index);
      for (const tell of waiting) tell(cursor);
    },
    find,
    wait(wanted, patience) {
      const known = find(wanted);
      if (known !== undefined || patience.signal.aborted) return Promise.resolve(known);
      return new Promise((resolve) => {
        let others = 0;
        const end = () => {
          cancel();
          patience.signal.removeEventListener('abort', end);
          waiting.delete(tell);
          resolve(find(wanted));
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
