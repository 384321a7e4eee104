import type { Presence } from '@tyrum/contracts';
import type { Peer } from '../../engine/peer.ts';
import { createBucket } from '../../engine/rate-limit.ts';
import type { Stored } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { Background } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import { createPeriodic, type Periodic } from '../periodic.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { findPresence, type PresenceRecord, presence, presenceDocumentId, seeNow } from './presence-records.ts';

/** Tells those who are connected who is there. */
export interface PresenceNews {
  upserted(unit: TenantUnit, entry: Presence): void;
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
  const { clock, peers, store } = services;
  const news = createBucket({ ...NEWS, elapsed: clock.elapsed });

  const watch = createPeriodic(clock, background, { what: 'see who is still there', everyMs: LOOK_MS, work: look });

  /** Whether one event more may be told to all that a tenant has connected. */
  function mayTell(tenant: string): boolean {
    const deliveries = Math.max(1, peers.count(tenant));
    return news.take(Math.min(deliveries, NEWS.burst)) === 0;
  }

  function upserted({ events, tenant }: TenantUnit, entry: Presence): void {
    if (mayTell(tenant)) events.emit('presence.upserted', { entry });
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
      await Promise.all(page.items.map(settle));
      after = background.stopping ? undefined : page.next;
    } while (after !== undefined);
  }

  async function settle({ value }: Stored<PresenceRecord>): Promise<void> {
    const { tenant, device_id, role, seen } = value;
    const connected = peers.find(tenant, device_id, role) !== undefined;
    if (!connected && seen > clock.now() - GONE_MS) return;
    await inTenant(services, tenant, async ({ tx, events, now }) => {
      const current = await findPresence(tx, value);
      if (current === undefined || current.seen !== seen) return;
      const id = presenceDocumentId(value);
      if (connected) {
        const entry = { ...current.entry, last_seen_at: wireTime(now) };
        await tx.documents.put(SYSTEM, presence, id, { ...current, seen: now, entry });
        return;
      }
      await tx.documents.delete(SYSTEM, presence, id);
      if (mayTell(tenant)) events.emit('presence.pruned', { instance_id: current.entry.instance_id });
    });
  }

  return {
    start: watch.start,
    stop: watch.stop,
    upserted,
    opened({ tenant, deviceId: device_id, role }) {
      const reason = role === 'node' ? 'node-connected' : 'connect';
      background.run('note who connected', () =>
        inTenant(services, tenant, async (unit) => {
          upserted(unit, await seeNow(unit, { tenant, device_id, role }, { reason }));
        }),
      );
    },
  };
}
