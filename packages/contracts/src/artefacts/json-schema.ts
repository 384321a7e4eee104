import * as z from 'zod/mini';
import type { Schema } from '../define/operation.ts';
import { schemaName } from '../define/schema-at.ts';
import type { Json, JsonObject } from './json.ts';

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
  const metadata = namesOnly(prose);
  const holder = draft === 'draft-07' ? 'definitions' : '$defs';
  return {
    definitions,
    write(schema) {
      const written = z.toJSONSchema(schema, { io: 'input', target: draft, metadata, reused: 'inline' });
      const {
        $schema: _dialect,
        [holder]: shared = {},
        ...own
      } = JSON.parse(JSON.stringify(written)) as Record<string, JsonObject>;
      for (const [name, definition] of Object.entries(shared as Readonly<Record<string, JsonObject>>)) {
        define(definitions, name, unordered(definition) as JsonObject);
      }
      return unordered(own) as JsonObject;
    },
  };
}

function define(definitions: Record<string, JsonObject>, name: string, definition: JsonObject): void {
  const before = definitions[name];
  if (before !== undefined && JSON.stringify(before) !== JSON.stringify(definition)) {
    throw new TypeError(`two different schemas are called ${name}`);
  }
  definitions[name] = definition;
}

/**
 * What zod asks for the metadata of a schema: under which name it is shared, and since when it exists. `x-until` stays out,
 * or the end of a field would change the artefact of a revision that was released before anybody knew of it.
 */
function namesOnly(prose: boolean): z.core.$ZodRegistry<Record<string, unknown>> {
  const registry = z.registry<Record<string, unknown>>();
  registry.get = (schema: z.core.$ZodType) => {
    const { id: _id, description, 'x-until': _until, 'x-any': _any, ...rest } = z.globalRegistry.get(schema) ?? {};
    const name = schemaName(schema);
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
