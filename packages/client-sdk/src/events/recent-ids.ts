/** The ids of the last events that were handed on: as many as can come again, and up to as many more. */
export interface RecentIds {
  /** Remembers it, and `least` before it; answers whether it was new. */
  add(id: string, least: number): boolean;
  /** It may be handed on once more. */
  forget(id: string): void;
}

export function createRecentIds(): RecentIds {
  // Two generations: to drop the older one costs nothing, where to look for the oldest of many costs more with each that was dropped.
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    add(id, least) {
      if (young.has(id) || old.has(id)) return false;
      if (young.size >= least) {
        old = young;
        young = new Set();
      }
      young.add(id);
      return true;
    },
    forget(id) {
      young.delete(id);
      old.delete(id);
    },
  };
}
