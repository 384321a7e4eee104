import { createMemoryStore, type MemorySnapshot } from '@tyrum/gateway-core';
import type { Disk } from '../disk/disk.ts';
import type { Loop } from '../kernel/loop.ts';
import type { Prng } from '../kernel/prng.ts';
import type { GrantMarks, Grants } from '../truth/grants.ts';
import type { TrueLedger } from '../truth/ledger.ts';
import type { LogMarks, TrueLogs } from '../truth/logs.ts';
import type { GatewayHost } from './gateway-host.ts';

/** Copies of the gateway's disk, and their return. */
export interface Backups {
  /** Takes one. Does nothing while a token is being changed. */
  keep(): void;
  /** Stops the gateway and starts it on the last copy, with logs of another identity [EV-12]. Does nothing without one. */
  restore(downMs: number): void;
  /** When a copy was last brought back, in virtual milliseconds; `-Infinity` for never. */
  readonly restoredAt: number;
}

/** What the disk held, and what was true of it then. */
interface Copy {
  readonly snapshot: MemorySnapshot;
  readonly logMarks: LogMarks;
  readonly ledgerMarks: ReturnType<TrueLedger['mark']>;
  readonly grantMarks: GrantMarks;
}

export function createBackups(options: {
  readonly loop: Loop;
  readonly random: Prng;
  readonly disk: Disk;
  readonly host: GatewayHost;
  readonly logs: TrueLogs;
  readonly ledger: TrueLedger;
  readonly grants: Grants;
  readonly onRestored: () => void;
}): Backups {
  const { loop, random, disk, host, logs, ledger, grants } = options;
  let copy: Copy | undefined;
  let restoredAt = Number.NEGATIVE_INFINITY;

  async function bringBack({ snapshot, logMarks, ledgerMarks, grantMarks }: Copy): Promise<void> {
    logs.restored(logMarks);
    ledger.restored(ledgerMarks);
    grants.restored(grantMarks);
    restoredAt = loop.elapsed;
    options.onRestored();
    const store = createMemoryStore({ from: snapshot, schedule: (callback) => void loop.after(1, callback) });
    await store.transact(async (tx) => {
      for (const tenant of await tx.log.tenants()) await tx.log.renew(tenant, `epoch${random.int(1_000_000_000)}`);
    });
    disk.replaceWith(store.snapshot());
  }

  return {
    get restoredAt() {
      return restoredAt;
    },
    keep() {
      const snapshot = disk.synced;
      const grantMarks = grants.mark();
      if (snapshot === undefined || grantMarks === undefined) return;
      copy = { snapshot, logMarks: logs.mark(), ledgerMarks: ledger.mark(), grantMarks };
    },
    restore(downMs) {
      const kept = copy;
      const up = host.running;
      if (kept === undefined || up === undefined) return;
      host.crash({ silent: false, downMs, revisions: up.revisions, meanwhile: () => bringBack(kept) });
    },
  };
}
