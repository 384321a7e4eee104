import type { LocationSample } from '@tyrum/contracts';
import type { Collection } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { Background } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import { createPeriodic, type Periodic } from '../periodic.ts';
import { SYSTEM } from '../tenant-unit.ts';

/** A place that a node told, and what the product made of it: in the system's tenant, so that one look finds the old ones. */
export interface LocationRecord {
  readonly sample: LocationSample;
  readonly events: readonly unknown[];
  /** Unix milliseconds at which it came. */
  readonly received: number;
}

export const locationSamples: Collection<LocationRecord> = {
  name: 'location_samples',
  indexes: { received: ({ received, sample }) => [sortableNumber(received), sample.node_id, sample.sample_id] },
};

export function sampleDocumentId(tenant: string, nodeId: string, sampleId: string): string {
  return JSON.stringify([tenant, nodeId, sampleId]);
}

/** How long a sample that comes again is found to be the same, in milliseconds: a phone may be offline for days. */
const KEPT_MS = 604_800_000;
const LOOK_MS = 3_600_000;
const BATCH = 256;

/** Forgets the samples that nobody will send again. */
export function createLocationSweep({ clock, store }: DomainServices, background: Background): Periodic {
  async function forget(): Promise<void> {
    const upTo = [sortableNumber(clock.now() - KEPT_MS)];
    for (let found = BATCH; found === BATCH && !background.stopping; ) {
      found = await store.transact(async ({ documents }) => {
        const { items } = await documents.list(SYSTEM, locationSamples, { index: 'received', upTo, limit: BATCH });
        for (const { id } of items) await documents.delete(SYSTEM, locationSamples, id);
        return items.length;
      });
    }
  }

  return createPeriodic(clock, background, { what: 'forget old places', everyMs: LOOK_MS, work: forget });
}
