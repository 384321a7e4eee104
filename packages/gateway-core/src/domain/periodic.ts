import type { Clock } from '@tyrum/contracts';
import type { Background } from './background.ts';

/** Work that this process repeats for as long as it runs. */
export interface Periodic {
  start(): void;
  stop(): void;
}

/** Repeats work with a pause after each time, however long it took. */
export function createPeriodic(
  clock: Clock,
  background: Background,
  { what, everyMs, work }: { readonly what: string; readonly everyMs: number; readonly work: () => Promise<unknown> },
): Periodic {
  let started = false;
  let cancel = (): void => undefined;

  function later(): void {
    if (!started) return;
    cancel = clock.after(everyMs, () => background.run(what, () => work().finally(later)));
  }

  return {
    start() {
      started = true;
      later();
    },
    stop() {
      started = false;
      cancel();
    },
  };
}
