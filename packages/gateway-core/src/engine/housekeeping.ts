import type { Clock } from '@tyrum/contracts';
import type { LogState, Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';

/** How much one step of tidying may delete: small, so that no request waits behind it. */
const STEP = 500;
const PAUSE_MS = 60_000;

/** Which events of a log are to go. */
interface TrimBounds {
  readonly upTo: number;
  readonly occurredBefore?: number;
}

/** Keeps the ledger and the logs within their windows, and the logs within their size, in small steps. Returns the stop. */
export function startHousekeeping(options: {
  store: Store;
  clock: Clock;
  telemetry: Telemetry;
  ledgerWindowMs: number;
  logWindowMs: number;
  /** Events that are kept of a tenant, at the most. */
  maxLogEvents: number;
  newEpoch: () => string;
}): () => void {
  const { store, clock, telemetry, ledgerWindowMs, logWindowMs, maxLogEvents, newEpoch } = options;
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
      await trim(tenant, () => ({ upTo: Number.MAX_SAFE_INTEGER, occurredBefore: now - logWindowMs }));
      await trim(tenant, ({ head }) => ({ upTo: head - maxLogEvents }));
    }
  }

  /** Trims step by step, until a step finds less than it may take. */
  async function trim(tenant: string, bounds: (state: LogState) => TrimBounds): Promise<void> {
    for (let taken = STEP; taken === STEP && !stopped; ) {
      taken = await store.transact(async (tx) => {
        const state = await tx.log.state(tenant, newEpoch);
        return (await tx.log.trim(tenant, { ...bounds(state), limit: STEP })) - state.floor;
      });
    }
  }

  return () => {
    stopped = true;
    stopTimer();
  };
}
