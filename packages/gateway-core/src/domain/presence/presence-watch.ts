import type { Presence } from '@tyrum/contracts';
import type { Peer } from '../../engine/connection/peer.ts';
import { createBucket } from '../../engine/rights/rate-limit.ts';
import type { Stored } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { Background } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import { createPeriodic, type Periodic } from '../periodic.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { createPresenceNotes } from './presence-notes.ts';
import { findPresence, keepSeen, type PresenceRecord, presence, presenceDocumentId } from './presence-records.ts';

/** Tells those who are connected who is there. */
export interface PresenceNews {
  upserted(unit: TenantUnit, entry: Presence): void;
  /** Makes what is to be read of a tenant complete: everyone who has connected so far is in it. */
  settle(unit: TenantUnit): Promise<void>;
}

/** Knows who is there: whoever connects, stays connected, or says so. */
export interface PresenceWatch extends Periodic, PresenceNews {
  /** A peer connected. It is not kept waiting for this. */
  opened(peer: Peer): void;
}

/** Who was not seen for so long is gone, in milliseconds. */
const GONE_MS = 300_000;
/** Who is connected is seen again before half of that is over. */
const LOOK_MS = 60_000;
const BATCH = 128;
/** Deliveries. When everyone comes back at once, telling each to all costs the square of them: then `presence.list` tells. */
const NEWS = { perSecond: 5_000, burst: 20_000 };

export function createPresenceWatch(services: DomainServices, background: Background): PresenceWatch {
  const { clock, events, peers, store } = services;
  const news = createBucket({ ...NEWS, elapsed: clock.elapsed });

  const watch = createPeriodic(clock, background, { what: 'see who is still there', everyMs: LOOK_MS, work: look });
  const notes = createPresenceNotes(services, background, upserted);

  /** Once a transaction holds, tells all that its tenant has connected, unless that is one event too many. */
  function tell({ tenant, afterCommit }: TenantUnit, send: () => void): void {
    afterCommit(() => {
      const deliveries = Math.max(1, peers.count(tenant));
      if (news.take(Math.min(deliveries, NEWS.burst)) === 0) send();
    });
  }

  function upserted(unit: TenantUnit, entry: Presence): void {
    tell(unit, () => events.emit(unit.tenant, 'presence.upserted', { entry }));
  }

  /** Looks at everyone who was not seen for a while: who is connected is seen, and who is not is gone in the end. */
  async function look(): Promise<void> {
    const bound = [sortableNumber(clock.now() - GONE_MS / 2)];
    let after: string | undefined;
    do {
      const page = await store.transact((tx) =>
        tx.documents.list(SYSTEM, presence, {
          index: 'seen',
          upTo: bound,
          limit: BATCH,
          ...(after === undefined ? {} : { after }),
        }),
      );
      await Promise.all(page.items.map(judge));
      after = background.stopping ? undefined : page.next;
    } while (after !== undefined);
  }

  async function judge({ value }: Stored<PresenceRecord>): Promise<void> {
    const { tenant, device_id, role, seen } = value;
    const connected = peers.find(tenant, device_id, role) !== undefined;
    if (!connected && seen > clock.now() - GONE_MS) return;
    await inTenant(services, tenant, async (unit) => {
      const { tx, now } = unit;
      const current = await findPresence(tx, value);
      if (current === undefined || current.seen !== seen) return;
      if (connected) {
        await keepSeen(tx, value, { before: current, said: {}, at: now });
        return;
      }
      await tx.documents.delete(SYSTEM, presence, presenceDocumentId(value));
      const { instance_id } = current.entry;
      tell(unit, () => events.emit(tenant, 'presence.pruned', { instance_id }));
    });
  }

  return {
    start: watch.start,
    stop() {
      watch.stop();
      notes.stop();
    },
    upserted,
    settle: notes.settle,
    opened: notes.add,
  };
}
