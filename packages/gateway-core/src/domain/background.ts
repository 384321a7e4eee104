import type { Clock } from '@tyrum/contracts';
import { StoreUnavailableError } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** Work that no request waits for. */
export interface Background {
  readonly stopping: boolean;
  /** Starts work; what it throws is logged and goes no further. */
  run(what: string, work: () => Promise<unknown>): void;
  /**
   * Repeats work, with growing pauses, for as long as the store cannot keep it. Resolves with its value, or with `undefined`
   * when the domain stops first.
   */
  persist<Value>(what: string, work: () => Promise<Value>): Promise<Value | undefined>;
  /** Ends pauses, begins nothing new, and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function createBackground({ clock, telemetry }: { clock: Clock; telemetry: Telemetry }): Background {
  const running = new Set<Promise<void>>();
  const pauses = new Set<() => void>();
  let stopping = false;

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        pauses.delete(end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      pauses.add(end);
    });
  }

  return {
    get stopping() {
      return stopping;
    },
    run(what, work) {
      if (stopping) return;
      const done = work()
        .then(
          () => undefined,
          (error: unknown) => {
            const level = error instanceof StoreUnavailableError ? 'warn' : 'error';
            telemetry.log(level, `could not ${what}`, { cause: causeOf(error) });
          },
        )
        .finally(() => running.delete(done));
      running.add(done);
    },
    async persist(what, work) {
      let wait = FIRST_PAUSE_MS;
      while (!stopping) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          telemetry.log('warn', `could not ${what} yet`, { cause: error.message, retry_in_ms: wait });
        }
        if (stopping) break;
        await pause(wait);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      }
      return undefined;
    },
    async stop() {
      stopping = true;
      for (const end of [...pauses]) end();
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** What a log may hold of an error. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
