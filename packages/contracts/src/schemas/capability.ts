import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';

export const Capability = z
  .object({
    id: z
      .string()
      .check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/), z.maxLength(128))
      .apply(meta, { description: 'Dotted lower-case kebab, like `noun.verb`.' }),
    version: z
      ._default(z.string().check(z.regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/)), '1.0.0')
      .apply(meta, { description: 'Semantic version `x.y.z`.' }),
  })
  .apply(meta, { id: 'Capability', description: 'Something a peer can do.' });
export interface Capability extends z.infer<typeof Capability> {}

export const CapabilityState = z
  .object({
    capability: Capability,
    actions: z
      .optional(
        z.array(
          z.object({
            name: z.string().check(z.minLength(1)),
            enabled: z.boolean(),
            availability_status: z.enum(['unknown', 'available', 'unavailable']),
            unavailable_reason: z.optional(z.string().check(z.minLength(1))),
          }),
        ),
      )
      .apply(meta, { description: 'The state of each action, where the capability has several.' }),
  })
  .apply(meta, { id: 'CapabilityState', description: 'Whether a capability can be used right now.' });
export interface CapabilityState extends z.infer<typeof CapabilityState> {}
