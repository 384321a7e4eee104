import * as z from 'zod';

export const Capability = z
  .object({
    id: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/)
      .max(128)
      .meta({ description: 'Dotted lower-case kebab, like `noun.verb`.' }),
    version: z
      .string()
      .regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/)
      .default('1.0.0')
      .meta({ description: 'Semantic version `x.y.z`.' }),
  })
  .meta({ id: 'Capability', description: 'Something a peer can do.' });
export interface Capability extends z.infer<typeof Capability> {}

export const CapabilityState = z
  .object({
    capability: Capability,
    actions: z
      .array(
        z.object({
          name: z.string().min(1),
          enabled: z.boolean(),
          availability_status: z.enum(['unknown', 'available', 'unavailable']),
          unavailable_reason: z.string().min(1).optional(),
        }),
      )
      .optional()
      .meta({ description: 'The state of each action, where the capability has several.' }),
  })
  .meta({ id: 'CapabilityState', description: 'Whether a capability can be used right now.' });
export interface CapabilityState extends z.infer<typeof CapabilityState> {}
