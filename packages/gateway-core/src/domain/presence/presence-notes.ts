import type { Presence } from '@tyrum/contracts';
import type { Peer } from '../../engine/connection/peer.ts';
import type { Background } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import { inTenant, type TenantUnit } from '../tenant-unit.ts';
import { findPresence, type Instance, keepSeen, presenceDocumentId } from './presence-records.ts';

/** Those who connected and are not in the store yet. */
export interface PresenceNotes {
  /** A peer connected. It is not kept waiting for this. */
  add(peer: Peer): void;
  /** Writes what is noted of a tenant, in a transaction that is about to read who is there. */
  settle(unit: TenantUnit): Promise<void>;
  /** Has the last of it written. */
  stop(): void;
}

interface Note {
  readonly instance: Instance;
  /** Unix milliseconds at which it connected. */
  readonly at: number;
}

const NOTE = 'note who connected';
/** Who connects after a quiet time is written down at once, and who connects within this of it together, in milliseconds: a commit for each would cost more than its handshake. */
const PAUSE_MS = 250;

/** @param tell tells the others of somebody who was written down */
export function createPresenceNotes(
  services: DomainServices,
  background: Background,
  tell: (unit: TenantUnit, entry: Presence) => void,
): PresenceNotes {
  const { clock } = services;
  /** By tenant and instance. Each stays until it is durable. */
  const noted = new Map<string, Map<string, Note>>();
  let busy = false;
  let cancel = (): void => undefined;

  function write(): void {
    busy = true;
    background.run(NOTE, async () => {
      try {
        await background.persist(NOTE, writeAll);
      } finally {
        if (!background.stopping) cancel = clock.after(PAUSE_MS, goOn);
      }
    });
  }

  function goOn(): void {
    busy = false;
    if (noted.size > 0) write();
  }

  async function writeAll(): Promise<void> {
    await Promise.all([...noted.keys()].map((tenant) => inTenant(services, tenant, settle)));
  }

  async function settle(unit: TenantUnit): Promise<void> {
    const notes = noted.get(unit.tenant);
    if (notes === undefined) return;
    const written = [...notes];
    for (const [, note] of written) await keep(unit, note);
    unit.afterCommit(() => {
      for (const [id, note] of written) if (notes.get(id) === note) notes.delete(id);
      if (notes.size === 0 && noted.get(unit.tenant) === notes) noted.delete(unit.tenant);
    });
  }

  /** What was seen later is known better, and what was seen then is written already: by somebody who asked in the same commit. */
  async function keep(unit: TenantUnit, { instance, at }: Note): Promise<void> {
    const before = await findPresence(unit.tx, instance);
    if (before !== undefined && before.seen >= at) return;
    const reason = instance.role === 'node' ? 'node-connected' : 'connect';
    tell(unit, await keepSeen(unit.tx, instance, { before, said: { reason }, at }));
  }

  return {
    add({ tenant, deviceId: device_id, role }) {
      const instance: Instance = { tenant, device_id, role };
      const notes = noted.get(tenant) ?? new Map<string, Note>();
      noted.set(tenant, notes.set(presenceDocumentId(instance), { instance, at: clock.now() }));
      if (!busy) write();
    },
    settle,
    stop() {
      cancel();
      if (noted.size > 0) background.run(NOTE, writeAll);
    },
  };
}
