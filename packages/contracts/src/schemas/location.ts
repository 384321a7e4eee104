import * as z from 'zod';
import { Text, Timestamp } from './common.ts';

export const Coordinates = z
  .object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    accuracy_m: z.number().min(0),
    altitude_m: z.number().optional(),
    altitude_accuracy_m: z.number().min(0).optional(),
    heading_deg: z.number().min(0).max(360).optional(),
    speed_mps: z.number().min(0).optional(),
  })
  .meta({ id: 'Coordinates', description: 'A place on earth, WGS 84, in degrees and metres.' });

export const LocationSource = z
  .enum(['gps', 'network', 'passive', 'unknown'])
  .meta({ id: 'LocationSource', description: 'How a place was found.' });

export const LocationSample = z
  .object({
    sample_id: Text.meta({ description: 'Names the sample: the same one again changes nothing.' }),
    node_id: Text,
    agent_key: Text.optional(),
    recorded_at: Timestamp,
    coords: Coordinates,
    source: LocationSource,
    is_background: z.boolean(),
  })
  .meta({ id: 'LocationSample', description: 'Where a node was at a time.' });
export interface LocationSample extends z.infer<typeof LocationSample> {}
