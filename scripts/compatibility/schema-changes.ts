import type { Json, JsonObject } from '../../packages/contracts/src/artefacts/json.ts';

/** How what a schema accepts moved: less, more, both or incomparably, or only in what a tolerant reader ignores. */
export type Movement = 'narrower' | 'wider' | 'other' | 'ignored' | 'meaning';

/** One difference between two schemas, with what a reader accepts before and after. */
export interface SchemaChange {
  readonly path: string;
  readonly movement: Movement;
  readonly what: string;
}

/** A schema together with the document whose `$defs` it refers to. */
export interface Rooted {
  readonly schema: Json | undefined;
  readonly definitions: JsonObject;
}

/** Every difference between two JSON Schemas as this project writes them, references followed. */
export function schemaChanges(before: Rooted, after: Rooted, path = ''): readonly SchemaChange[] {
  const [old, now] = [resolve(before), resolve(after)];
  if (JSON.stringify(old.schema) === JSON.stringify(now.schema) && !hasReference(old.schema)) return [];
  const oldOptions = optionsOf(old.schema);
  const nowOptions = optionsOf(now.schema);
  if (oldOptions.length > 1 || nowOptions.length > 1) return optionChanges(old, now, oldOptions, nowOptions, path);
  return [
    ...typeChanges(old.schema, now.schema, path),
    ...valueChanges(old.schema, now.schema, path),
    ...boundChanges(old.schema, now.schema, path),
    ...propertyChanges(old, now, path),
    ...otherPropertyChanges(old, now, path),
    ...inside(old, now, 'items', `${path}[]`),
    ...meaningChanges(old.schema, now.schema, path),
  ];
}

interface Resolved {
  readonly schema: JsonObject;
  readonly definitions: JsonObject;
}

function resolve({ schema, definitions }: Rooted): Resolved {
  if (!isObject(schema)) return { schema: {}, definitions };
  const { $ref, ...beside } = schema;
  if (typeof $ref !== 'string') return { schema, definitions };
  const target = definitions[decodeURIComponent($ref.replace(/^#\/(\$defs|definitions)\//, ''))];
  if (!isObject(target)) throw new Error(`${$ref} is not defined`);
  return resolve({ schema: { ...target, ...beside }, definitions });
}

function hasReference(schema: JsonObject): boolean {
  return JSON.stringify(schema).includes('"$ref"');
}

function optionsOf(schema: JsonObject): readonly Json[] {
  const options = schema.anyOf ?? schema.oneOf;
  return Array.isArray(options) ? options : [schema];
}

/** Options are the same where they say the same, or where their discriminating constants do. */
function optionChanges(
  old: Resolved,
  now: Resolved,
  before: readonly Json[],
  after: readonly Json[],
  path: string,
): readonly SchemaChange[] {
  const left = [...after];
  const changes: SchemaChange[] = [];
  for (const option of before) {
    const key = optionKey({ schema: option, definitions: old.definitions });
    const at = left.findIndex((other) => optionKey({ schema: other, definitions: now.definitions }) === key);
    if (at < 0) {
      changes.push({ path, movement: 'narrower', what: `${key} is no longer accepted` });
      continue;
    }
    const [matched] = left.splice(at, 1);
    changes.push(
      ...schemaChanges(
        { schema: option, definitions: old.definitions },
        { schema: matched, definitions: now.definitions },
        path,
      ),
    );
  }
  for (const option of left) {
    changes.push({
      path,
      movement: 'wider',
      what: `${optionKey({ schema: option, definitions: now.definitions })} is accepted too`,
    });
  }
  return changes;
}

function optionKey(rooted: Rooted): string {
  const { schema } = resolve(rooted);
  const constants = Object.entries(isObject(schema.properties) ? schema.properties : {}).flatMap(([key, field]) =>
    isObject(field) && field.const !== undefined ? [`${key} ${JSON.stringify(field.const)}`] : [],
  );
  if (constants.length > 0) return constants.join(', ');
  return schema.const === undefined ? `a ${typesOf(schema).join(' or ') || 'value'}` : JSON.stringify(schema.const);
}

function typesOf({ type }: JsonObject): readonly string[] {
  return (Array.isArray(type) ? type : type === undefined ? [] : [type]) as readonly string[];
}

function typeChanges(old: JsonObject, now: JsonObject, path: string): readonly SchemaChange[] {
  const [before, after] = [typesOf(old), typesOf(now)];
  if (before.join() === after.join()) return [];
  if (after.length === 0) return [{ path, movement: 'wider', what: 'any JSON value is accepted' }];
  if (before.length === 0) return [{ path, movement: 'narrower', what: `only ${after.join(' or ')} is accepted` }];
  if (before.join() === 'integer' && after.join() === 'number')
    return [{ path, movement: 'wider', what: 'fractions are accepted' }];
  if (before.join() === 'number' && after.join() === 'integer')
    return [{ path, movement: 'narrower', what: 'fractions are refused' }];
  const gone = before.filter((type) => !after.includes(type));
  const come = after.filter((type) => !before.includes(type));
  return [
    ...(gone.length === 0 ? [] : [{ path, movement: 'narrower' as const, what: `${gone.join(' and ')} is refused` }]),
    ...(come.length === 0 ? [] : [{ path, movement: 'wider' as const, what: `${come.join(' and ')} is accepted` }]),
  ];
}

function valueChanges(old: JsonObject, now: JsonObject, path: string): readonly SchemaChange[] {
  const [before, after] = [valuesOf(old), valuesOf(now)];
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [{ path, movement: 'wider', what: 'values outside the list are accepted' }];
  if (before === undefined) return [{ path, movement: 'narrower', what: `only ${after.join(', ')} is accepted` }];
  return [
    ...before
      .filter((value) => !after.includes(value))
      .map((value) => ({ path, movement: 'narrower' as const, what: `the value ${value} is refused` })),
    ...after
      .filter((value) => !before.includes(value))
      .map((value) => ({ path, movement: 'wider' as const, what: `the value ${value} is accepted` })),
  ];
}

function valuesOf(schema: JsonObject): readonly string[] | undefined {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : undefined;
}

const LEAST = ['minLength', 'minimum', 'minItems', 'exclusiveMinimum'];
const MOST = ['maxLength', 'maximum', 'maxItems', 'exclusiveMaximum'];

function boundChanges(old: JsonObject, now: JsonObject, path: string): readonly SchemaChange[] {
  const bound = (key: string, absent: number): readonly SchemaChange[] => {
    const [before, after] = [old[key] ?? absent, now[key] ?? absent].map(Number) as [number, number];
    if (before === after) return [];
    const tighter = absent > 0 ? after < before : after > before;
    return [
      {
        path,
        movement: tighter ? 'narrower' : 'wider',
        what: `${key} goes from ${said(old[key])} to ${said(now[key])}`,
      },
    ];
  };
  const texts = ['pattern', 'format', 'contentEncoding', 'multipleOf'].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  );
  return [
    ...LEAST.flatMap((key) => bound(key, Number.NEGATIVE_INFINITY)),
    ...MOST.flatMap((key) => bound(key, Number.POSITIVE_INFINITY)),
    ...texts.map((key) => {
      const movement = old[key] === undefined ? 'narrower' : now[key] === undefined ? 'wider' : 'other';
      return { path, movement, what: `${key} goes from ${said(old[key])} to ${said(now[key])}` } as const;
    }),
  ];
}

function propertyChanges(old: Resolved, now: Resolved, path: string): readonly SchemaChange[] {
  const [before, after] = [fieldsOf(old.schema), fieldsOf(now.schema)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in before)) return [cameChange(old.schema, now.schema, key, at)];
    if (!(key in after)) return goneChanges(old.schema, now.schema, key, at);
    return [
      ...requiredChange(old.schema, now.schema, key, at),
      ...schemaChanges(
        { schema: before[key], definitions: old.definitions },
        { schema: after[key], definitions: now.definitions },
        at,
      ),
    ];
  });
}

function cameChange(old: JsonObject, now: JsonObject, key: string, path: string): SchemaChange {
  if (isRequired(now, key)) return { path, movement: 'narrower', what: 'a required field came' };
  return { path, movement: isClosed(old) ? 'wider' : 'ignored', what: 'an optional field came' };
}

function goneChanges(old: JsonObject, now: JsonObject, key: string, path: string): readonly SchemaChange[] {
  const refused: readonly SchemaChange[] = isClosed(now)
    ? [{ path, movement: 'narrower', what: 'the field is refused' }]
    : [];
  if (isRequired(old, key))
    return [...refused, { path, movement: 'wider', what: 'a required field is no longer written' }];
  return refused.length > 0 ? refused : [{ path, movement: 'ignored', what: 'an optional field is gone' }];
}

function requiredChange(old: JsonObject, now: JsonObject, key: string, path: string): readonly SchemaChange[] {
  if (isRequired(old, key) === isRequired(now, key)) return [];
  return isRequired(now, key)
    ? [{ path, movement: 'narrower', what: 'the field became required' }]
    : [{ path, movement: 'wider', what: 'the field may be left out' }];
}

function otherPropertyChanges(old: Resolved, now: Resolved, path: string): readonly SchemaChange[] {
  const [before, after] = [old.schema, now.schema];
  if (isClosed(before) && !isClosed(after)) return [{ path, movement: 'wider', what: 'unknown keys are accepted' }];
  if (!isClosed(before) && isClosed(after)) return [{ path, movement: 'narrower', what: 'unknown keys are refused' }];
  return isClosed(before) ? [] : inside(old, now, 'additionalProperties', `${path}.*`);
}

function inside(old: Resolved, now: Resolved, key: string, path: string): readonly SchemaChange[] {
  const [before, after] = [old.schema[key], now.schema[key]];
  if (before === undefined && after === undefined) return [];
  return schemaChanges(
    { schema: before, definitions: old.definitions },
    { schema: after, definitions: now.definitions },
    path,
  );
}

function meaningChanges(old: JsonObject, now: JsonObject, path: string): readonly SchemaChange[] {
  if (JSON.stringify(old.default) === JSON.stringify(now.default)) return [];
  return [
    { path, movement: 'meaning', what: `left out, it means ${said(now.default)} and no longer ${said(old.default)}` },
  ];
}

function fieldsOf({ properties }: JsonObject): JsonObject {
  return isObject(properties) ? properties : {};
}

function isRequired({ required }: JsonObject, key: string): boolean {
  return Array.isArray(required) && required.includes(key);
}

function isClosed({ additionalProperties }: JsonObject): boolean {
  return additionalProperties === false;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
