/** The ids of the last events that were handed on: as many as can come again. */
export interface RecentIds {
  /** Remembers it, and no more than `most` of them; answers whether it was new. */
  add(id: string, most: number): boolean;
  /** It may be handed on once more. */
  forget(id: string): void;
}

export function createRecentIds(): RecentIds {
  const ids = new Set<string>();
  return {
    add(id, most) {
      if (ids.has(id)) return false;
      ids.add(id);
      const oldest = ids.values().next();
      if (ids.size > most && !oldest.done) ids.delete(oldest.value);
      return true;
    },
    forget: (id) => void ids.delete(id),
  };
}
