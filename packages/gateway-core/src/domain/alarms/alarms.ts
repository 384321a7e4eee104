import { type Collection, StoreUnavailableError } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import { type Background, causeOf } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';

/** What must happen at a time, also when the gateway is restarted before it. */
export interface Alarm {
  readonly kind: string;
  readonly tenant: string;
  /** Names it inside its kind and tenant; setting it again moves it. */
  readonly key: string;
  /** Unix milliseconds. */
  readonly due: number;
}

/** Rings one alarm, in a transaction in which the alarm is already gone; it may set it anew. */
export type Ring = (unit: TenantUnit, key: string) => Promise<void>;

/** Durable timers: documents in the order of their time, and one timer of the clock for the earliest. */
export interface Alarms {
  set(unit: TenantUnit, kind: string, key: string, due: number): Promise<void>;
  clear(unit: TenantUnit, kind: string, key: string): Promise<void>;
  /** Says what a kind of alarm does. Before `start`. */
  on(kind: string, ring: Ring): void;
  /** Rings what is overdue, and everything from then on when it is due. */
  start(): void;
  stop(): void;
}

const alarms: Collection<Alarm> = {
  name: 'alarms',
  indexes: { due: ({ due }) => [sortableNumber(due)] },
};

/** Most alarms that are read at a time. */
const BATCH = 64;
/** The longest sleep: the clock of the machine may jump, and others may set an alarm without this process hearing of it. */
const LOOK_MS = 5000;
/** Pause before an alarm that could not be rung is tried again. */
const RETRY_MS = 1000;

export function createAlarms(services: DomainServices, background: Background): Alarms {
  const { clock, store, telemetry } = services;
  const rings = new Map<string, Ring>();
  let started = false;
  let ringing = false;
  let lookAgain = false;
  let armedFor = Number.POSITIVE_INFINITY;
  let disarm = (): void => undefined;

  function arm(due: number): void {
    if (!started || due >= armedFor) return;
    disarm();
    armedFor = due;
    disarm = clock.after(Math.max(due - clock.now(), 0), look);
  }

  function look(): void {
    armedFor = Number.POSITIVE_INFINITY;
    if (ringing) {
      lookAgain = true;
      return;
    }
    ringing = true;
    background.run('ring what is due', async () => {
      try {
        do {
          lookAgain = false;
          await ringDue();
        } while (lookAgain && started);
      } catch (error) {
        telemetry.log('warn', 'the alarms cannot be read', { cause: causeOf(error) });
        arm(clock.now() + RETRY_MS);
      } finally {
        ringing = false;
      }
    });
  }

  async function ringDue(): Promise<void> {
    while (started) {
      const earliest = await store.transact((tx) => tx.documents.list(SYSTEM, alarms, { index: 'due', limit: BATCH }));
      const now = clock.now();
      const due = earliest.items.filter(({ value }) => value.due <= now);
      // Begun together, in their order, they share a commit.
      const rung = await Promise.all(due.map(({ id, value }) => ringOne(id, value)));
      if (rung.includes(false)) return arm(clock.now() + RETRY_MS);
      const next = earliest.items[due.length]?.value.due;
      if (next !== undefined || earliest.next === undefined) return arm(Math.min(next ?? now + LOOK_MS, now + LOOK_MS));
    }
  }

  async function ringOne(id: string, { kind, tenant, key }: Alarm): Promise<boolean> {
    try {
      await inTenant(services, tenant, async (unit) => {
        const current = await unit.tx.documents.get(SYSTEM, alarms, id);
        if (current === undefined || current.value.due > unit.now) return;
        await unit.tx.documents.delete(SYSTEM, alarms, id);
        const ring = rings.get(kind);
        if (ring === undefined) telemetry.log('error', 'an alarm of an unknown kind was dropped', { kind });
        else await ring(unit, key);
      });
      return true;
    } catch (error) {
      const level = error instanceof StoreUnavailableError ? 'warn' : 'error';
      telemetry.log(level, 'an alarm could not be rung', { kind, cause: causeOf(error) });
      return false;
    }
  }

  return {
    async set({ tx, tenant, afterCommit }, kind, key, due) {
      await tx.documents.put(SYSTEM, alarms, idOf(kind, tenant, key), { kind, tenant, key, due });
      afterCommit(() => arm(due));
    },
    async clear({ tx, tenant }, kind, key) {
      await tx.documents.delete(SYSTEM, alarms, idOf(kind, tenant, key));
    },
    on(kind, ring) {
      rings.set(kind, ring);
    },
    start() {
      started = true;
      look();
    },
    stop() {
      started = false;
      disarm();
    },
  };
}

function idOf(kind: string, tenant: string, key: string): string {
  return JSON.stringify([kind, tenant, key]);
}
