import * as z from 'zod/mini';
import type { Schema } from './operation.ts';

/** By the schema that was read by; `undefined` where that was once so far. */
const compiled = new WeakMap<Schema, Schema | undefined>();

/**
 * The same schema, read by a function that zod writes for it: a tenth of the price. It says nothing else about any value. What is
 * read by for the first time stays as it is, for who makes a schema for one value is not helped; so does every schema where
 * `z.config({ jitless: true })` says that no code may be written, which a strict content security policy asks for.
 */
export function compiledSchema<Of extends Schema>(schema: Of): Of {
  const known = compiled.get(schema);
  if (known !== undefined) return known as Of;
  if (z.config().jitless === true) return schema;
  const made = compiled.has(schema) ? z.compile(schema) : undefined;
  compiled.set(schema, made);
  return made ?? schema;
}
