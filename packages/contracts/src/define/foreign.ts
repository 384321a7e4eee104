import type * as z from 'zod/mini';
import type { Schema } from './operation.ts';

/** A schema of another library inside one of zod 4, and what this package must be able to do with it. */
export interface Foreign {
  /** The schema itself. */
  readonly schema: unknown;
  /** The same for a reader who refuses unknown keys, or for one who drops them. */
  closed(): Schema;
  open(): Schema;
  /** Whether there is an object in it that refuses unknown keys. */
  isClosed(): boolean;
  /** Whether its author says that it takes anything. */
  isAny(): boolean;
  /** What of it the wire cannot carry, and where below it. */
  problem(): { readonly path: readonly string[]; readonly problem: string } | undefined;
}

/** What stands for a schema of another library, if this is one that does. */
export function foreignOf(schema: z.core.$ZodType): Foreign | undefined {
  return (schema._zod.def as { readonly foreign?: Foreign }).foreign;
}
