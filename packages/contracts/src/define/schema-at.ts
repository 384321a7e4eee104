import * as z from 'zod';
import type { Schema } from './operation.ts';

/** Who reads a value: the gateway refuses a key it does not know, a peer drops it. */
export type Reader = 'gateway' | 'peer';

/**
 * The schema as it is at one revision and for one reader: fields younger than the revision (`x-since`) are gone, fields that
 * ended before it (`x-until`) too, and unknown keys are refused or dropped all the way down. Objects declared open stay open.
 *
 * @throws {TypeError} for a kind of schema that the wire cannot carry, a transform for instance.
 */
export function schemaAt(schema: Schema, revision: number, reader: Reader): Schema {
  return derive(schema, revision, reader, new Map());
}

/** Whether a field with this metadata exists at a revision. */
export function fieldExistsAt(schema: Schema, revision: number): boolean {
  const { since, until } = fieldLife(schema);
  return since <= revision && revision <= until;
}

/** From which revision to which a field exists, by its metadata. */
export function fieldLife(schema: Schema): { readonly since: number; readonly until: number } {
  const meta = schema.meta() ?? {};
  return {
    since: typeof meta['x-since'] === 'number' ? meta['x-since'] : 0,
    until: typeof meta['x-until'] === 'number' ? meta['x-until'] : Number.POSITIVE_INFINITY,
  };
}

type Done = Map<Schema, Schema>;

function derive(schema: Schema, revision: number, reader: Reader, done: Done): Schema {
  const known = done.get(schema);
  if (known !== undefined) return known;
  const derived = rebuild(schema, (inner) => derive(inner as Schema, revision, reader, done), revision, reader);
  const meta = schema.meta();
  const named = meta === undefined || derived === schema ? derived : withMeta(derived, meta);
  done.set(schema, named);
  return named;
}

/** Describes without naming: the id belongs to the original alone. */
function withMeta(schema: Schema, meta: Record<string, unknown>): Schema {
  const { id: _id, ...rest } = meta;
  return schema.meta(rest);
}

type Inner = (schema: z.core.$ZodType) => Schema;

function rebuild(schema: Schema, inner: Inner, revision: number, reader: Reader): Schema {
  const def = (schema as z.core.$ZodType as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object': {
      const shape: Record<string, Schema> = {};
      for (const [key, field] of Object.entries(def.shape as Record<string, Schema>)) {
        if (fieldExistsAt(field, revision)) shape[key] = inner(field);
      }
      if (def.catchall !== undefined && def.catchall._zod.def.type !== 'never') return z.looseObject(shape);
      return reader === 'gateway' ? z.strictObject(shape) : z.object(shape);
    }
    case 'array':
      return recheck(z.array(inner(def.element)), def.checks);
    case 'optional':
      return inner(def.innerType).optional();
    case 'nullable':
      return inner(def.innerType).nullable();
    case 'default':
      return inner(def.innerType).default(def.defaultValue as never);
    case 'record':
      return z.record(inner(def.keyType) as z.core.$ZodRecordKey, inner(def.valueType));
    case 'union':
      return 'discriminator' in def
        ? z.discriminatedUnion(def.discriminator as string, def.options.map(inner) as never)
        : z.union(def.options.map(inner) as [Schema, Schema]);
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'enum':
    case 'literal':
    case 'unknown':
      return schema;
    default:
      throw new TypeError(`a wire schema cannot be a ${def.type}`);
  }
}

function recheck(schema: z.ZodArray, checks: z.core.$ZodCheck<never>[] | undefined): Schema {
  return checks === undefined ? schema : schema.check(...(checks as z.core.$ZodCheck<unknown[]>[]));
}
