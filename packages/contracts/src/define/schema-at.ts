import * as z from 'zod';
import type { Schema } from './operation.ts';

/** Who reads a value: the gateway refuses a key it does not know, a peer drops it. */
export type Reader = 'gateway' | 'peer';

/** A way from the schemas that definitions are written in to those of one revision and one reader. */
export type Derivation = (schema: Schema) => Schema;

/**
 * The schema as it is at one revision and for one reader: fields younger than the revision (`x-since`) are gone, fields that
 * ended before it (`x-until`) too, and unknown keys are refused or dropped all the way down. Objects declared open stay open.
 *
 * @throws {TypeError} for a kind of schema that the wire cannot carry, a transform for instance.
 */
export function schemaAt(schema: Schema, revision: number, reader: Reader): Schema {
  return createDerivation(revision, reader)(schema);
}

/** `schemaAt` for many schemas: what they share is derived once, and stays one value. */
export function createDerivation(revision: number, reader: Reader): Derivation {
  const done = new Map<Schema, Schema>();
  const derive: Derivation = (schema) => {
    const known = done.get(schema);
    if (known !== undefined) return known;
    const derived = describe(rebuild(schema, derive, revision, reader), schema, reader);
    done.set(schema, derived);
    return derived;
  };
  return derive;
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

/** The id of a named schema, also of one derived from it; closed where its reader refuses unknown keys. */
export function schemaName(schema: z.core.$ZodType): string | undefined {
  return derivedNames.get(schema) ?? z.globalRegistry.get(schema)?.id;
}

// Beside zod's registry, where an id can belong to the original alone.
const derivedNames = new WeakMap<z.core.$ZodType, string>();

function describe(derived: Schema, original: Schema, reader: Reader): Schema {
  const meta = original.meta();
  if (derived === original || meta === undefined) return derived;
  const { id, ...rest } = meta;
  const described = derived.meta(rest);
  if (id !== undefined)
    derivedNames.set(described, reader === 'gateway' && hasClosedObject(derived) ? `${id}.closed` : id);
  return described;
}

function hasClosedObject(schema: z.core.$ZodType): boolean {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type !== 'object') return innerSchemas(schema).some(hasClosedObject);
  return def.catchall?._zod.def.type === 'never' || innerSchemas(schema).some(hasClosedObject);
}

/** The schemas that a schema is made of, one step down. */
export function innerSchemas(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object':
      return [...Object.values(def.shape), ...(def.catchall === undefined ? [] : [def.catchall])];
    case 'array':
      return [def.element];
    case 'optional':
    case 'nullable':
    case 'default':
      return [def.innerType];
    case 'record':
      return [def.keyType, def.valueType];
    case 'union':
      return def.options;
    default:
      return [];
  }
}

/** The schema itself where nothing in it depends on the revision or the reader. */
function rebuild(schema: Schema, derive: Derivation, revision: number, reader: Reader): Schema {
  const inner = (part: z.core.$ZodType) => derive(part as Schema);
  const def = (schema as z.core.$ZodType as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object':
      return rebuildObject(schema, def, inner, revision, reader);
    case 'array': {
      const element = inner(def.element);
      return element === def.element ? schema : recheck(z.array(element), def.checks);
    }
    case 'optional': {
      const wrapped = inner(def.innerType);
      return wrapped === def.innerType ? schema : wrapped.optional();
    }
    case 'nullable': {
      const wrapped = inner(def.innerType);
      return wrapped === def.innerType ? schema : wrapped.nullable();
    }
    case 'default': {
      const wrapped = inner(def.innerType);
      return wrapped === def.innerType ? schema : wrapped.default(def.defaultValue as never);
    }
    case 'record': {
      const value = inner(def.valueType);
      return value === def.valueType ? schema : z.record(def.keyType, value);
    }
    case 'union': {
      const options = def.options.map(inner);
      if (options.every((option, at) => option === def.options[at])) return schema;
      return 'discriminator' in def
        ? z.discriminatedUnion(def.discriminator as string, options as never)
        : z.union(options as [Schema, Schema]);
    }
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

function rebuildObject(
  schema: Schema,
  def: z.core.$ZodObjectDef,
  inner: (part: z.core.$ZodType) => Schema,
  revision: number,
  reader: Reader,
): Schema {
  const fields = Object.entries(def.shape as Record<string, Schema>);
  const kept = fields
    .filter(([, field]) => fieldExistsAt(field, revision))
    .map(([key, field]) => [key, inner(field)] as const);
  const same = kept.length === fields.length && kept.every(([key, field]) => field === def.shape[key]);
  const shape = Object.fromEntries(kept);
  const rest = def.catchall;
  if (rest !== undefined && rest._zod.def.type !== 'never') {
    const others = inner(rest);
    return same && others === rest ? schema : z.object(shape).catchall(others);
  }
  if (reader === 'gateway') return same && rest !== undefined ? schema : z.strictObject(shape);
  return same && rest === undefined ? schema : z.object(shape);
}

function recheck(schema: z.ZodArray, checks: z.core.$ZodCheck<never>[] | undefined): Schema {
  return checks === undefined ? schema : schema.check(...(checks as z.core.$ZodCheck<unknown[]>[]));
}
