/** The ids of the last events that were handed on: as many as can come again. */
export interface RecentIds {
  /** Remembers it; answers whether it was new. */
  add(id: string): boolean;
}

export function createRecentIds(limit: number): RecentIds {
  const ids = new Set<string>();
  return {
    add(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      const oldest = ids.values().next();
      if (ids.size > limit && !oldest.done) ids.delete(oldest.value);
      return true;
    },
  };
}
