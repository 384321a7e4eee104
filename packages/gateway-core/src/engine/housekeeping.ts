import type { Clock } from '@tyrum/contracts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** How much one step of tidying may delete: small, so that no request waits behind it. */
const STEP = 500;
const PAUSE_MS = 60_000;

/** Keeps the ledger and the log within their windows, in small steps. Returns the stop. */
export function startHousekeeping(options: {
  store: Store;
  clock: Clock;
  telemetry: Telemetry;
  ledgerWindowMs: number;
  logWindowMs: number;
}): () => void {
  const { store, clock, telemetry, ledgerWindowMs, logWindowMs } = options;
  let stopped = false;
  let stopTimer = clock.after(PAUSE_MS, run);

  function run(): void {
    void tidy()
      .catch((cause) => telemetry.log('warn', 'housekeeping will try again', { cause: String(cause) }))
      .then(() => {
        if (!stopped) stopTimer = clock.after(PAUSE_MS, run);
      });
  }

  async function tidy(): Promise<void> {
    const now = clock.now();
    while (!stopped && (await store.transact((tx) => tx.ledger.prune(now - ledgerWindowMs, STEP))) === STEP);
    for (const tenant of await store.transact((tx) => tx.log.tenants())) {
      for (let floor = -1; !stopped; ) {
        const before = floor;
        floor = await store.transact((tx) =>
          tx.log.trim(tenant, { upTo: Number.MAX_SAFE_INTEGER, occurredBefore: now - logWindowMs, limit: STEP }),
        );
        if (before !== -1 && floor - before < STEP) break;
      }
    }
  }

  return () => {
    stopped = true;
    stopTimer();
  };
}
