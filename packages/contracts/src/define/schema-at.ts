import * as z from 'zod/mini';
import { foreignOf } from './foreign.ts';
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
  const meta = z.globalRegistry.get(schema) ?? {};
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
  const said = z.globalRegistry.get(original);
  if (derived === original || said === undefined) return derived;
  const { id, ...rest } = said;
  z.globalRegistry.add(derived, rest);
  if (id !== undefined)
    derivedNames.set(derived, reader === 'gateway' && hasClosedObject(derived) ? `${id}.closed` : id);
  return derived;
}

function hasClosedObject(schema: z.core.$ZodType): boolean {
  const foreign = foreignOf(schema);
  if (foreign !== undefined) return foreign.isClosed();
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
function rebuild(schema: z.core.$ZodType, derive: Derivation, revision: number, reader: Reader): Schema {
  const foreign = foreignOf(schema);
  if (foreign !== undefined) return reader === 'gateway' ? foreign.closed() : foreign.open();
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'object':
      return rebuildObject(schema, def, derive, revision, reader);
    case 'array': {
      const element = derive(def.element);
      return element === def.element ? schema : remade(schema, { element });
    }
    case 'optional':
    case 'nullable':
    case 'default': {
      const innerType = derive(def.innerType);
      return innerType === def.innerType ? schema : remade(schema, { innerType });
    }
    case 'record': {
      const valueType = derive(def.valueType);
      return valueType === def.valueType ? schema : remade(schema, { valueType });
    }
    case 'union': {
      const options = def.options.map(derive);
      const same = options.every((option, at) => option === def.options[at]);
      return same ? schema : remade(schema, { options });
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

/** A schema of the same kind with all that its author said of it, but for what it is made of. */
function remade(schema: Schema, parts: object): Schema {
  // By descriptor, because a default is made anew each time it is read.
  const { getOwnPropertyDescriptors: described } = Object;
  return z.clone(
    schema,
    Object.defineProperties({}, { ...described(schema._zod.def), ...described(parts) }) as typeof schema._zod.def,
  );
}

function rebuildObject(
  schema: Schema,
  def: z.core.$ZodObjectDef,
  derive: Derivation,
  revision: number,
  reader: Reader,
): Schema {
  const fields = Object.entries(def.shape as Record<string, Schema>);
  const kept = fields
    .filter(([, field]) => fieldExistsAt(field, revision))
    .map(([key, field]) => [key, derive(field)] as const);
  const catchall = derivedRest(def.catchall, derive, reader);
  const same = kept.length === fields.length && kept.every(([key, field]) => field === def.shape[key]);
  return same && catchall === def.catchall ? schema : remade(schema, { shape: Object.fromEntries(kept), catchall });
}

/** Keys beside the named ones: what the object says of them where it is open, else as its reader takes them. */
function derivedRest(rest: Schema | undefined, derive: Derivation, reader: Reader): Schema | undefined {
  const closed = rest === undefined || rest._zod.def.type === 'never';
  if (!closed) return derive(rest);
  return reader === 'peer' ? undefined : (rest ?? z.never());
}
