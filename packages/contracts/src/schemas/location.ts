import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Text, Timestamp } from './common.ts';

export const Coordinates = z
  .object({
    latitude: z.number().check(z.gte(-90), z.lte(90)),
    longitude: z.number().check(z.gte(-180), z.lte(180)),
    accuracy_m: z.number().check(z.gte(0)),
    altitude_m: z.optional(z.number()),
    altitude_accuracy_m: z.optional(z.number().check(z.gte(0))),
    heading_deg: z.optional(z.number().check(z.gte(0), z.lte(360))),
    speed_mps: z.optional(z.number().check(z.gte(0))),
  })
  .apply(meta, { id: 'Coordinates', description: 'A place on earth, WGS 84, in degrees and metres.' });

export const LocationSource = z
  .enum(['gps', 'network', 'passive', 'unknown'])
  .apply(meta, { id: 'LocationSource', description: 'How a place was found.' });

export const LocationSample = z
  .object({
    sample_id: Text.apply(meta, { description: 'Names the sample: the same one again changes nothing.' }),
    node_id: Text,
    agent_key: z.optional(Text),
    recorded_at: Timestamp,
    coords: Coordinates,
    source: LocationSource,
    is_background: z.boolean(),
  })
  .apply(meta, { id: 'LocationSample', description: 'Where a node was at a time.' });
export interface LocationSample extends z.infer<typeof LocationSample> {}
