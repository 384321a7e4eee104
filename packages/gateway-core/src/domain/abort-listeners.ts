/** Calls back when a signal aborts, with one listener for each signal however many wait under it. */
export interface AbortListeners {
  /** Returns the undo. The signal has not aborted yet. */
  add(signal: AbortSignal, onAbort: () => void): () => void;
}

export function createAbortListeners(): AbortListeners {
  const bySignal = new WeakMap<AbortSignal, Set<() => void>>();

  function of(signal: AbortSignal): Set<() => void> {
    const known = bySignal.get(signal);
    if (known !== undefined) return known;
    const listeners = new Set<() => void>();
    bySignal.set(signal, listeners);
    const tellAll = () => {
      for (const tell of [...listeners]) tell();
    };
    signal.addEventListener('abort', tellAll, { once: true });
    return listeners;
  }

  return {
    add(signal, onAbort) {
      const listeners = of(signal).add(onAbort);
      return () => void listeners.delete(onAbort);
    },
  };
}
