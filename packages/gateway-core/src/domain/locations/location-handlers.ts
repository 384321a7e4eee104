import type { LocationSample, Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { causeOf } from '../background.ts';
import type { DomainPolicies } from '../domain.ts';
import { SYSTEM, unitOf } from '../tenant-unit.ts';
import { locationSamples, sampleDocumentId } from './location-samples.ts';

export interface LocationServices {
  readonly policy: DomainPolicies['location'];
  readonly telemetry: Telemetry;
}

export function locationHandlers({ policy, telemetry }: LocationServices): Pick<Handlers<Tyrum>, 'location.beacon'> {
  function eventsOf(sample: LocationSample, tenant: string): readonly unknown[] {
    try {
      return policy?.(sample, tenant) ?? [];
    } catch (error) {
      telemetry.log('error', 'the location policy failed; the place is kept without it', { cause: causeOf(error) });
      return [];
    }
  }

  return {
    /** A sample is told once, however often it comes and whatever else is in it then. */
    async 'location.beacon'(payload, context) {
      const { tx, tenant, now } = unitOf(context);
      const node_id = context.caller.deviceId;
      const id = sampleDocumentId(tenant, node_id, payload.sample_id);
      const earlier = await tx.documents.get(SYSTEM, locationSamples, id);
      if (earlier !== undefined) return { sample: earlier.value.sample, events: [...earlier.value.events] };
      const { source = 'unknown', is_background = false, ...said } = payload;
      const sample: LocationSample = { ...said, node_id, source, is_background };
      const events = eventsOf(sample, tenant);
      await tx.documents.put(SYSTEM, locationSamples, id, { sample, events, received: now }, 0);
      return { sample, events: [...events] };
    },
  };
}
