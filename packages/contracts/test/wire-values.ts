import * as fc from 'fast-check';
import type { Json, JsonObject } from '../src/artefacts/json.ts';

/** Follows a reference of a JSON Schema to what it refers to. */
export type Follow = (reference: string) => JsonObject;

/** Values that a JSON Schema (2020-12, as this package writes it) accepts. */
export function valuesOf(schema: JsonObject, follow: Follow): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return valuesOf(follow(schema.$ref), follow);
  const options = (schema.anyOf ?? schema.oneOf) as readonly JsonObject[] | undefined;
  if (options !== undefined) return fc.oneof(...options.map((option) => valuesOf(option, follow)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  if (schema.type === undefined) return anyJson;
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]) as readonly string[];
  return fc.oneof(...types.map((type) => ofType(type, schema, follow)));
}

/** The same values with one thing about them changed, somewhere: mostly refused, sometimes still accepted. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(values, fc.nat(), fc.constantFrom(...MUTATIONS), oddities).map(([value, at, mutate, odd]) => {
    const copy: unknown = JSON.parse(JSON.stringify(value));
    const places = placesIn(copy);
    const place = places[at % places.length];
    if (place === undefined) return odd;
    mutate(place, odd);
    return copy;
  });
}

const text = fc.string({ maxLength: 8 });
const keys = fc.oneof(text, fc.constantFrom('constructor', 'toString'));
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(keys, scalar, { maxKeys: 3, noNullPrototype: true }),
);

const oddities: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1.5, 1e15, 1e300, true, [], {}, 'x', '1.0', '.', ' '),
  fc.constantFrom('2026-02-30T00:00:00Z', '2026-01-01T00:00:00+01:00', '2026-01-01T00:00:00Z', '2026-01-01t00:00:00z'),
  fc.constantFrom(...[64, 128, 129, 256, 512, 513, 1024, 4096, 4097].map((length) => '😀'.repeat(length))),
  fc.constantFrom(...[7, 65, 257, 1001].map((length) => Array.from({ length }, () => 'queued'))),
  anyJson,
);

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

const MUTATIONS: readonly ((place: Place, odd: unknown) => void)[] = [
  ({ holder, key }, odd) => {
    holder[key] = odd;
  },
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.push(holder[Number(key)]);
    else holder[`${key}_`] = holder[key];
  },
  ({ holder }, odd) => {
    if (Array.isArray(holder)) return;
    Object.defineProperty(holder, '__proto__', { value: odd, enumerable: true, configurable: true, writable: true });
  },
  ({ holder, key }) => {
    const value = holder[key];
    if (typeof value === 'string') holder[key] = value.length % 2 === 0 ? value.toUpperCase() : `${value}\n`;
    if (typeof value === 'number') holder[key] = value - 1;
  },
];

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

function ofType(type: string, schema: JsonObject, follow: Follow): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object':
      return objects(schema, follow);
    case 'array':
      return fc.array(
        valuesOf((schema.items ?? {}) as JsonObject, follow),
        lengths(schema.minItems, schema.maxItems, 2),
      );
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer({
        min: Math.max(Number(schema.minimum ?? -1e6), -1e6),
        max: Math.min(Number(schema.maximum ?? 1e6), 1e6),
      });
    case 'number':
      return fc.double({ min: Number(schema.minimum ?? -1e6), max: Number(schema.maximum ?? 1e6), noNaN: true });
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constant(null);
  }
}

function objects(schema: JsonObject, follow: Follow): fc.Arbitrary<unknown> {
  const fields = Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonObject>>);
  const shape = Object.fromEntries(fields.map(([key, field]) => [key, valuesOf(field, follow)]));
  const own = fc.record(shape, { requiredKeys: (schema.required ?? []) as string[], noNullPrototype: true });
  const others = schema.additionalProperties as Json | undefined;
  if (others === false || others === undefined) return own;
  const more = fc.dictionary(keys, valuesOf(others as JsonObject, follow), { maxKeys: 2, noNullPrototype: true });
  return fc.tuple(more, own).map(([unknown, known]) => ({ ...unknown, ...known }));
}

function lengths(
  least: Json | undefined,
  most: Json | undefined,
  spread: number,
): { minLength: number; maxLength: number } {
  const minLength = Number(least ?? 0);
  return { minLength, maxLength: Math.min(Number(most ?? Number.POSITIVE_INFINITY), minLength + spread) };
}

function texts({ format, pattern, minLength, maxLength }: JsonObject): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString());
  if (typeof pattern !== 'string') return fc.string(lengths(minLength, maxLength, 8));
  const expression = new RegExp(pattern);
  return fc
    .stringMatching(expression, { maxLength: 100 })
    .filter((one) => expression.test(one) && one.length <= Number(maxLength ?? 100));
}
