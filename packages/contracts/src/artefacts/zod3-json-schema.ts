import { zodToJsonSchema } from 'zod-to-json-schema';
import type { Json, JsonObject } from './json.ts';

/**
 * A schema of zod 3 as JSON Schema, in words that draft-07 and 2020-12 both have. It must not be given one of zod 4: it would
 * answer, without an error, with a schema that accepts everything.
 *
 * @throws {TypeError} for anything but a schema of zod 3.
 */
export function writeZod3(schema: unknown, prose: boolean): JsonObject {
  if (!isZod3(schema)) throw new TypeError('zod-to-json-schema takes schemas of zod 3 only');
  const { $schema: _dialect, ...written } = zodToJsonSchema(presentOf(schema), {
    target: 'jsonSchema7',
    // No shared parts: names are those of the contract.
    $refStrategy: 'none',
    // An object says `additionalProperties` where it refuses unknown keys, and nothing where it drops or keeps them.
    removeAdditionalStrategy: 'strict',
    allowedAdditionalProperties: undefined,
  });
  const plain = JSON.parse(JSON.stringify(written)) as JsonObject;
  return prose ? plain : (withoutProse(plain) as JsonObject);
}

type Zod3 = Parameters<typeof zodToJsonSchema>[0];

function isZod3(schema: unknown): schema is Zod3 {
  return typeof schema === 'object' && schema !== null && '_def' in schema && !('_zod' in schema);
}

/** What it is where it is: whether it may be left out is said by the object that it is a part of. */
function presentOf(schema: Zod3): Zod3 {
  const { typeName, innerType } = schema._def as { readonly typeName?: string; readonly innerType?: Zod3 };
  return typeName === 'ZodOptional' && innerType !== undefined ? presentOf(innerType) : schema;
}

function withoutProse(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutProse);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema as JsonObject).flatMap(([key, value]) => {
      if (key === 'description') return [];
      if (key === 'const' || key === 'default' || key === 'enum') return [[key, value]];
      if (key !== 'properties') return [[key, withoutProse(value)]];
      const fields = Object.entries(value as JsonObject).map(([name, field]) => [name, withoutProse(field)]);
      return [[key, Object.fromEntries(fields)]];
    }),
  );
}
