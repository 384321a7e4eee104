import type { Authenticator } from '../../ports/authenticator.ts';
import { type Background, causeOf } from '../background.ts';
import { currentCount, nextCount } from '../counters.ts';
import type { DomainServices } from '../domain.ts';
import { SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { principalOf, type TokenRecord, tokens } from './token-records.ts';

/** Tells about changed tokens: those of this process at once, those of others by looking for them. */
export interface TokenChanges {
  readonly onChange: Authenticator['onChange'];
  /** Writes a changed token, and tells the listeners once that holds. */
  write(unit: TenantUnit, record: TokenRecord): Promise<void>;
  /** Whether every change that is older than a second, of whichever process, has been told. */
  upToDate(): boolean;
  /** Resolves when no change from now on can be missed. */
  start(): Promise<void>;
  stop(): void;
}

const COUNT = 'token-changes';
const BATCH = 100;
/** A change counts everywhere within this, in milliseconds (AZ-7, AZ-8). */
const BOUND_MS = 1000;

/** @param pollMs pause between two looks, of which each costs one read while nothing has changed */
export function createTokenChanges(services: DomainServices, background: Background, pollMs: number): TokenChanges {
  const { clock, store, telemetry, owner } = services;
  const listeners = new Set<{ readonly tell: Parameters<Authenticator['onChange']>[0] }>();
  let told = 0;
  /** When the last look that succeeded began. */
  let lookedAt = Number.NEGATIVE_INFINITY;
  let started = false;
  let cancel = (): void => undefined;

  function tell(record: TokenRecord): void {
    const principal = principalOf(record, clock.now());
    for (const listener of [...listeners]) {
      try {
        listener.tell(record.token_id, principal);
      } catch (error) {
        telemetry.log('error', 'a listener for token changes failed', { cause: causeOf(error) });
      }
    }
  }

  /** Changes since the last look, newest first: the newest states what holds now, so their order does not matter. */
  async function look(): Promise<void> {
    const beganAt = clock.elapsed();
    const { newest, changed } = await store.transact(async (tx) => {
      const newest = await currentCount(tx, SYSTEM, COUNT);
      const changed: TokenRecord[] = [];
      let after: string | undefined;
      let more = newest > told;
      while (more) {
        const query = {
          index: 'change',
          order: 'descending',
          limit: BATCH,
          ...(after === undefined ? {} : { after }),
        } as const;
        const page = await tx.documents.list(SYSTEM, tokens, query);
        const unseen = page.items.filter(({ value }) => value.change > told);
        changed.push(...unseen.map(({ value }) => value));
        after = page.next;
        more = after !== undefined && unseen.length === page.items.length;
      }
      return { newest, changed };
    });
    told = newest;
    for (const record of changed) if (record.changed_by !== owner) tell(record);
    lookedAt = beganAt;
  }

  function lookLater(): void {
    cancel = clock.after(pollMs, () => {
      background.run('look for changed tokens', async () => {
        try {
          await look();
        } finally {
          if (started) lookLater();
        }
      });
    });
  }

  return {
    onChange(listener) {
      const entry = { tell: listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    async write({ tx, afterCommit }, record) {
      const changed = { ...record, change: await nextCount(tx, SYSTEM, COUNT), changed_by: owner };
      await tx.documents.put(SYSTEM, tokens, record.token_id, changed);
      afterCommit(() => tell(changed));
    },
    upToDate: () => clock.elapsed() - lookedAt < BOUND_MS,
    async start() {
      const beganAt = clock.elapsed();
      told = await store.transact((tx) => currentCount(tx, SYSTEM, COUNT));
      lookedAt = beganAt;
      started = true;
      lookLater();
    },
    stop() {
      started = false;
      cancel();
    },
  };
}
