import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { Json, Text, Timestamp } from '../schemas/common.ts';
import { Coordinates, LocationSample, LocationSource } from '../schemas/location.ts';
import { EXAMPLE } from '../values/example.ts';

const coords = { latitude: 59.33, longitude: 18.06, accuracy_m: 12 };

export const locationBeacon = defineRequest({
  type: 'location.beacon',
  summary: 'Tells where a node is; the same sample again changes nothing.',
  direction: 'to_gateway',
  roles: ['node'],
  scopes: [],
  effect: 'once',
  since: 2,
  payload: z.object({
    sample_id: Text.check(z.maxLength(128)),
    agent_key: z.optional(Text.check(z.maxLength(128))),
    recorded_at: Timestamp,
    coords: Coordinates,
    source: z.optional(LocationSource),
    is_background: z.optional(z.boolean()),
  }),
  result: z.object({
    sample: LocationSample,
    events: z.array(Json).apply(meta, { description: 'What the product made of it; empty without one.' }),
  }),
  example: {
    payload: { sample_id: 's-1', recorded_at: EXAMPLE.time, coords },
    result: {
      sample: {
        sample_id: 's-1',
        node_id: EXAMPLE.device.device_id,
        recorded_at: EXAMPLE.time,
        coords,
        source: 'unknown',
        is_background: false,
      },
      events: [],
    },
  },
});
