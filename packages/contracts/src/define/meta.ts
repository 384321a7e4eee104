import * as z from 'zod/mini';

/** What is known of a schema beside its shape: its `id` if it is shared under a name, its description, since when it exists. */
export interface Meta {
  readonly id?: string;
  readonly description?: string;
  readonly 'x-since'?: number;
  readonly 'x-until'?: number;
  readonly 'x-any'?: boolean;
}

/**
 * Says something about a schema, in place: `z.string().apply(meta, { description: '…' })`. It comes last, what is done to the
 * schema after it makes a new one without a name. A copy carries it, because one schema is used under many descriptions; not
 * a check as `z.meta`, which every parse would pass through.
 */
export function meta<Described extends z.core.$ZodType>(schema: Described, said: Meta): Described {
  const copy = z.clone(schema);
  z.globalRegistry.add(copy, { ...said });
  return copy;
}
