import type { Report } from './reports.ts';

/** Tells when enough reports of a kind have come. */
export interface Arrivals {
  /** One more has come. */
  noted(): void;
  /** Resolves with whether so many had come in time. */
  all(kind: Report['kind'], count: number, withinMs: number): Promise<boolean>;
}

export function createArrivals(count: (kind: Report['kind']) => number): Arrivals {
  const waiting = new Set<() => void>();
  return {
    noted() {
      for (const check of waiting) check();
    },
    all(kind, wanted, withinMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => end(false), withinMs);
        const end = (reached: boolean) => {
          clearTimeout(timer);
          waiting.delete(check);
          resolve(reached);
        };
        const check = () => void (count(kind) >= wanted && end(true));
        waiting.add(check);
        check();
      });
    },
  };
}
