import * as z from 'zod/mini';
import { foreignOf } from '../define/foreign.ts';
import type { Schema } from '../define/operation.ts';
import { schemaName } from '../define/schema-at.ts';
import type { Json, JsonObject } from './json.ts';
import { writeZod3 } from './zod3-json-schema.ts';

export type Draft = 'draft-2020-12' | 'draft-07';

export interface SchemaWriterOptions {
  readonly draft?: Draft;
  /** Whether descriptions are in it. They say nothing that a program reads. */
  readonly prose?: boolean;
}

/** Writes schemas as JSON Schema and collects what they share. */
export interface SchemaWriter {
  /** The JSON Schema of what a sender may write; a named schema in it is a `$ref` into `$defs` (`definitions` in draft-07). */
  write(schema: Schema): JsonObject;
  /** Every named schema met so far, by name. */
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

export function createSchemaWriter({ draft = 'draft-2020-12', prose = false }: SchemaWriterOptions = {}): SchemaWriter {
  const definitions: Record<string, JsonObject> = {};
  const anything = new Set<string>();
  const metadata = namesOnly(prose, anything);
  const holder = draft === 'draft-07' ? 'definitions' : '$defs';
  return {
    definitions,
    write(schema) {
      const written = z.toJSONSchema(schema, {
        io: 'input',
        target: draft,
        metadata,
        reused: 'inline',
        // Whatever zod 4 cannot say is another library's, or an error.
        unrepresentable: 'any',
        override: ({ zodSchema, jsonSchema }) => writeForeign(zodSchema, jsonSchema, prose),
      });
      const {
        $schema: _dialect,
        [holder]: shared = {},
        ...own
      } = JSON.parse(JSON.stringify(written)) as Record<string, JsonObject>;
      for (const [name, definition] of Object.entries(shared as Readonly<Record<string, JsonObject>>)) {
        if (!anything.has(name)) mustSaySomething(definition, name);
        define(definitions, name, unordered(definition) as JsonObject);
      }
      if (!isDeclaredAny(schema)) mustSaySomething(own, 'a schema without a name');
      return unordered(own) as JsonObject;
    },
  };
}

const SAY_NOTHING: ReadonlySet<string> = new Set(['default', 'description', 'x-since']);

/** A tool that does not understand a schema writes one that accepts everything, and says nothing. */
function mustSaySomething(written: JsonObject, name: string): void {
  if (Object.keys(written).every((keyword) => SAY_NOTHING.has(keyword)))
    throw new TypeError(`${name} accepts everything, and is not declared to`);
}

function isDeclaredAny(schema: Schema): boolean {
  return z.globalRegistry.get(schema)?.['x-any'] === true || foreignOf(schema)?.isAny() === true;
}

/** What is of zod 3 goes through zod-to-json-schema, which says nothing true of zod 4 and nothing wrong of zod 3. */
function writeForeign(schema: z.core.$ZodType, written: object, prose: boolean): void {
  const foreign = foreignOf(schema);
  if (foreign !== undefined) Object.assign(written, writeZod3(foreign.schema, prose));
  else if (UNSAYABLE.has(schema._zod.def.type)) throw new TypeError(`JSON Schema cannot say a ${schema._zod.def.type}`);
}

/** Kinds of which zod would write an empty schema here. A contract has none of them, and neither may a cast. */
const UNSAYABLE: ReadonlySet<string> = new Set([
  'bigint',
  'custom',
  'date',
  'function',
  'map',
  'nan',
  'set',
  'symbol',
  'transform',
  'undefined',
  'void',
]);

function define(definitions: Record<string, JsonObject>, name: string, definition: JsonObject): void {
  const before = definitions[name];
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(definition)) {
    throw new TypeError(`two different schemas are called ${name}`);
  }
  definitions[name] = definition;
}

/**
 * What zod asks for the metadata of a schema: under which name it is shared, and since when it exists. `x-until` stays out,
 * or the end of a field would change the artefact of a revision that was released before anybody knew of it. Names of what is
 * declared to accept anything are added to `anything`.
 */
function namesOnly(prose: boolean, anything: Set<string>): z.core.$ZodRegistry<Record<string, unknown>> {
  const registry = z.registry<Record<string, unknown>>();
  registry.get = (schema: z.core.$ZodType) => {
    const { id: _id, description, 'x-until': _until, 'x-any': any, ...rest } = z.globalRegistry.get(schema) ?? {};
    const name = schemaName(schema);
    if (name !== undefined && (any === true || isDeclaredAny(schema))) anything.add(name);
    const said = prose && description !== undefined ? { description } : {};
    return { ...rest, ...said, ...(name === undefined ? {} : { id: name }) } as never;
  };
  return registry;
}

const SETS = new Set(['required', 'enum', 'type']);

/** Lists that mean sets, in one order: `required`, `enum`, `type`. What values carry (`const`, `default`) is left alone. */
function unordered(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(unordered);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'const' || key === 'default') return [key, value];
      if (key === 'properties' || key === '$defs' || key === 'definitions') {
        return [
          key,
          Object.fromEntries(Object.entries(value as JsonObject).map(([name, inner]) => [name, unordered(inner)])),
        ];
      }
      return [key, SETS.has(key) && Array.isArray(value) ? [...value].sort() : unordered(value)];
    }),
  );
}
