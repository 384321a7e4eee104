import * as z from 'zod/mini';
import { foreignOf } from './foreign.ts';
import type { Schema } from './operation.ts';
import { fieldLife, innerSchemas } from './schema-at.ts';

/** One thing that a schema of the wire must not have, and where. */
export interface SchemaProblem {
  readonly place: string;
  readonly problem: string;
}

export interface SchemaRules {
  /** Where the schema stands, for instance `request ping: payload`. */
  readonly place: string;
  /** From which revision on what the schema belongs to exists. */
  readonly since: number;
  readonly until: number;
  readonly revisions: ReadonlySet<number>;
  /** Every id met so far; `checkSchema` adds to it. */
  readonly names: Map<string, z.core.$ZodType>;
}

/** Judges one schema of the wire: whether JSON Schema can say it, and whether its fields live when they can. */
export function checkSchema(schema: Schema, rules: SchemaRules): SchemaProblem | undefined {
  return walk(schema, rules, rules.place, undefined, new Set()) ?? emptiness(schema, rules.place);
}

/** What is a file of its own in another language says something there, unless it is declared that it does not. */
function emptiness(schema: Schema, place: string): SchemaProblem | undefined {
  const saysNothing = schema._zod.def.type === 'unknown' && z.globalRegistry.get(schema)?.['x-any'] !== true;
  return saysNothing
    ? { place, problem: 'accepts everything: where that is meant, the metadata says x-any: true' }
    : undefined;
}

/** Typed as if it could not happen, and it does: a package that still exports schemas of zod 3. */
function isOfZod3(schema: object): boolean {
  return !('_zod' in schema);
}

type Walked = Set<z.core.$ZodType>;

function walk(
  schema: z.core.$ZodType,
  rules: SchemaRules,
  place: string,
  noun: string | undefined,
  seen: Walked,
): SchemaProblem | undefined {
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  if (isOfZod3(schema)) return { place, problem: 'is not a schema of zod 4; fromZod3 takes one of zod 3' };
  const foreign = foreignOf(schema)?.problem();
  if (foreign !== undefined) return { place: [place, ...foreign.path].join('.'), problem: foreign.problem };
  const problem =
    (foreignOf(schema) === undefined ? kindProblem(schema) : undefined) ?? nameProblem(schema, rules.names);
  if (problem !== undefined) return { place, problem };
  const within = z.globalRegistry.get(schema)?.id ?? noun;
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type !== 'object') return firstOf(innerSchemas(schema), (inner) => walk(inner, rules, place, within, seen));
  for (const [key, field] of Object.entries(def.shape)) {
    const at = `${place}.${key}`;
    const wrong = fieldProblem(field as Schema, rules, within);
    if (wrong !== undefined) return { place: at, problem: wrong };
    const deeper = walk(field, rules, at, within, seen);
    if (deeper !== undefined) return deeper;
  }
  return def.catchall === undefined || def.catchall._zod.def.type === 'never'
    ? undefined
    : walk(def.catchall, rules, `${place}.*`, within, seen);
}

function firstOf<T>(
  schemas: readonly z.core.$ZodType[],
  judge: (schema: z.core.$ZodType) => T | undefined,
): T | undefined {
  for (const schema of schemas) {
    const found = judge(schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

const KINDS: ReadonlySet<string> = new Set([
  'object',
  'array',
  'optional',
  'nullable',
  'default',
  'record',
  'union',
  'string',
  'number',
  'boolean',
  'null',
  'enum',
  'literal',
  'unknown',
]);

/** Checks that JSON Schema has a keyword for. Formats are among them where a pattern says the same. */
const CHECKS: ReadonlySet<string> = new Set([
  'min_length',
  'max_length',
  'length_equals',
  'greater_than',
  'less_than',
  'number_format',
  'string_format',
  // How `zod/mini` says what `.meta` says in `zod`; they check nothing.
  'meta',
  'describe',
]);
const FORMATS: ReadonlySet<string> = new Set([
  'regex',
  'uuid',
  'guid',
  'datetime',
  'date',
  'base64url',
  'safeint',
  'int32',
  'uint32',
]);

function kindProblem(schema: z.core.$ZodType): string | undefined {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (!KINDS.has(def.type))
    return `a wire schema cannot be a ${def.type}: JSON Schema must say the same in every language`;
  if ('coerce' in def && def.coerce === true)
    return 'a wire schema cannot coerce: the sender writes what the reader gets';
  if (def.type === 'literal' && def.values.some((value) => !isJsonLiteral(value)))
    return 'a literal of the wire is a JSON value';
  if (def.type === 'record' && !isPlainString(def.keyType)) return 'the keys of a wire record are plain strings';
  if (def.type === 'union' && def.inclusive === false && !('discriminator' in def))
    return 'a wire union takes any matching option';
  return checkProblem(schema, def.checks);
}

function checkProblem(schema: z.core.$ZodType, checks: readonly z.core.$ZodCheck<never>[] = []): string | undefined {
  const own = schema._zod.traits.has('$ZodCheck') ? [schema._zod.def as unknown as z.core.$ZodCheckDef] : [];
  for (const def of [...own, ...checks.map((check) => check._zod.def)] as (z.core.$ZodCheckDef & {
    format?: string;
    pattern?: RegExp;
  })[]) {
    if (!CHECKS.has(def.check))
      return `a wire schema cannot have a check (${def.check}) that JSON Schema does not have`;
    if (def.format !== undefined && !FORMATS.has(def.format))
      return `the format ${def.format} does not mean the same everywhere; use a pattern`;
    const flags = def.pattern?.flags.replace('u', '') ?? '';
    if (flags !== '') return `a pattern of the wire has no flags, JSON Schema cannot say ${flags}`;
  }
  return undefined;
}

function isJsonLiteral(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isPlainString(schema: z.core.$ZodType): boolean {
  const { type, checks } = schema._zod.def as z.core.$ZodStringDef;
  return type === 'string' && (checks ?? []).length === 0 && !schema._zod.traits.has('$ZodCheck');
}

function nameProblem(schema: z.core.$ZodType, names: Map<string, z.core.$ZodType>): string | undefined {
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) return undefined;
  const other = names.get(id);
  names.set(id, schema);
  return other === undefined || other === schema ? undefined : `two different schemas have the id ${id}`;
}

/** What is wrong with when a field exists. `noun`: it is the field of a named schema, which may be older than its user. */
function fieldProblem(
  field: Schema,
  { since, until, revisions }: SchemaRules,
  noun: string | undefined,
): string | undefined {
  const life = fieldLife(field);
  const named = z.globalRegistry.get(field) ?? {};
  for (const key of ['x-since', 'x-until'] as const) {
    const value = named[key];
    if (value !== undefined && !revisions.has(value as number))
      return `${key} ${String(value)} is not a revision of this contract`;
  }
  if (life.until < life.since) return `x-until ${life.until} is before x-since ${life.since}`;
  if (life.since > until) return `x-since ${life.since} is after the last revision, ${until}, of what it belongs to`;
  if (noun === undefined && life.since > 0 && life.since < since) {
    return `x-since ${life.since} is before the field's owner, which exists since ${since}`;
  }
  if (life.since <= since && life.until >= until) return undefined;
  const absent = z.safeParse(field, undefined);
  if (absent.success && absent.data === undefined) return undefined;
  return absent.success
    ? 'does not exist at every revision of its owner: a default is not filled in there, so it must be optional'
    : 'does not exist at every revision of its owner: it must be optional';
}
