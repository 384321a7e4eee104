import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Schema } from './operation.ts';
import { createDerivation, fieldExistsAt, fieldLife, schemaAt, schemaName } from './schema-at.ts';

const accepts = (schema: Schema, value: unknown) => z.safeParse(schema, value).success;

describe('a schema for a reader', () => {
  const Inner = z.object({ a: z.string() });
  const Outer = z.object({
    plain: Inner.optional(),
    list: z.array(Inner).optional(),
    maybe: Inner.nullable().optional(),
    map: z.record(z.string(), Inner).optional(),
    either: z.union([Inner, z.number()]).optional(),
    kinds: z.discriminatedUnion('kind', [z.object({ kind: z.literal('x'), inner: Inner })]).optional(),
    filled: Inner.default({ a: 'd' }),
  });
  const places: readonly [string, (inner: object) => object][] = [
    ['the top level', (inner) => ({ ...inner })],
    ['an object', (inner) => ({ plain: inner })],
    ['an array', (inner) => ({ list: [{ a: 'a' }, inner] })],
    ['a nullable', (inner) => ({ maybe: inner })],
    ['a record', (inner) => ({ map: { key: inner } })],
    ['a union', (inner) => ({ either: inner })],
    ['a discriminated union', (inner) => ({ kinds: { kind: 'x', inner } })],
    ['a default', (inner) => ({ filled: inner })],
  ];

  it.each(places)('refuses an unknown key in %s for a gateway [FR-10]', (place, put) => {
    const schema = schemaAt(Outer, 3, 'gateway');

    expect(accepts(schema, put({ a: 'a', x: 1 }))).toBe(false);
    expect(accepts(schema, put(JSON.parse('{"a":"a","__proto__":1}') as object))).toBe(false);
    if (place !== 'the top level') expect(accepts(schema, put({ a: 'a' }))).toBe(true);
  });

  it.each(places)('drops an unknown key in %s for a peer [FR-11]', (place, put) => {
    const read = z.parse(schemaAt(Outer, 3, 'peer'), put({ a: 'a', x: 1 }));

    const expected = place === 'the top level' ? {} : put({ a: 'a' });
    expect(read).toEqual({ filled: { a: 'd' }, ...expected });
  });

  it('leaves objects open that were declared open, for either reader', () => {
    const Open = z.looseObject({ type: z.string(), inner: Inner.optional() });

    for (const reader of ['gateway', 'peer'] as const) {
      expect(z.parse(schemaAt(Open, 3, reader), { type: 't', more: { deep: 1 } })).toEqual({
        type: 't',
        more: { deep: 1 },
      });
    }
    expect(accepts(schemaAt(Open, 3, 'gateway'), { type: 't', inner: { a: 'a', x: 1 } })).toBe(false);
  });

  it('keeps what the other keys of an object must be', () => {
    const schema = schemaAt(z.object({ a: Inner.optional() }).catchall(Inner), 3, 'gateway');

    expect(accepts(schema, { other: { a: 'a' } })).toBe(true);
    expect(accepts(schema, { other: { a: 'a', x: 1 } })).toBe(false);
    expect(accepts(schema, { other: 5 })).toBe(false);
  });

  it('drops unknown keys for a peer where the author wrote a strict object', () => {
    expect(z.parse(schemaAt(z.strictObject({ a: z.string() }), 3, 'peer'), { a: 'a', x: 1 })).toEqual({ a: 'a' });
  });

  it('keeps the bounds of arrays, strings and numbers', () => {
    const schema = schemaAt(
      z.object({ list: z.array(Inner).min(1).max(2), text: z.string().max(3), count: z.int().min(1) }),
      3,
      'gateway',
    );
    const value = { list: [{ a: 'a' }], text: 'abc', count: 1 };

    expect(accepts(schema, value)).toBe(true);
    expect(accepts(schema, { ...value, list: [] })).toBe(false);
    expect(accepts(schema, { ...value, list: [{ a: 'a' }, { a: 'a' }, { a: 'a' }] })).toBe(false);
    expect(accepts(schema, { ...value, text: 'abcd' })).toBe(false);
    expect(accepts(schema, { ...value, count: 0 })).toBe(false);
    expect(accepts(schema, { ...value, count: 1.5 })).toBe(false);
  });

  it('is the schema itself where nothing depends on the reader or the revision', () => {
    const Open = z.looseObject({ tags: z.array(z.string()).max(3).optional() });

    expect(schemaAt(Open, 3, 'gateway')).toBe(Open);
    expect(schemaAt(Inner, 3, 'peer')).toBe(Inner);
  });

  it.each([
    ['transform', z.string().transform((text) => text.length)],
    ['pipe', z.string().pipe(z.string())],
    ['lazy', z.lazy(() => z.string())],
    ['date', z.object({ at: z.date() })],
    ['catch', z.array(z.string().catch(''))],
  ])('cannot be made of a %s', (_kind, schema) => {
    expect(() => schemaAt(schema, 3, 'gateway')).toThrow(/^a wire schema cannot be a /);
  });
});

describe('a schema at a revision', () => {
  const Noun = z
    .object({
      always: z.string(),
      young: z.string().optional().meta({ 'x-since': 3, description: 'younger' }),
      old: z.string().optional().meta({ 'x-until': 2 }),
    })
    .meta({ id: 'SchemaAtTestNoun', description: 'a noun' });
  const Message = z.object({ nouns: z.array(Noun).max(2) });
  const value = { always: 'a', young: 'y', old: 'o' };

  it.each([
    [2, { always: 'a', old: 'o' }],
    [3, { always: 'a', young: 'y' }],
    [4, { always: 'a', young: 'y' }],
  ])('%i has the fields that live then, and no others [FR-12]', (revision, expected) => {
    expect(z.parse(schemaAt(Message, revision, 'peer'), { nouns: [value] })).toEqual({ nouns: [expected] });
    expect(accepts(schemaAt(Message, revision, 'gateway'), { nouns: [value] })).toBe(false);
    expect(accepts(schemaAt(Message, revision, 'gateway'), { nouns: [expected] })).toBe(true);
  });

  it('knows the life of a field by its metadata', () => {
    expect(fieldLife(Noun.shape.young)).toEqual({ since: 3, until: Number.POSITIVE_INFINITY });
    expect(fieldLife(Noun.shape.always)).toEqual({ since: 0, until: Number.POSITIVE_INFINITY });
    expect([1, 2, 3].map((revision) => fieldExistsAt(Noun.shape.old, revision))).toEqual([true, true, false]);
  });

  it('keeps descriptions and tells its name, closed where unknown keys are refused', () => {
    const closed = schemaAt(Noun, 2, 'gateway');
    const open = schemaAt(Noun, 2, 'peer');

    expect(z.globalRegistry.get(closed)).toEqual({ description: 'a noun' });
    expect([schemaName(Noun), schemaName(closed), schemaName(open)]).toEqual([
      'SchemaAtTestNoun',
      'SchemaAtTestNoun.closed',
      'SchemaAtTestNoun',
    ]);
  });

  it('derives what two messages share once', () => {
    const derive = createDerivation(2, 'gateway');
    const other = z.object({ noun: Noun });

    const shared = (derive(other) as typeof other).shape.noun;

    expect((derive(Message) as typeof Message).shape.nouns.element).toBe(shared);
  });

  it('fills in defaults for either reader', () => {
    const schema = z.object({ version: z.string().default('1.0.0') });

    for (const reader of ['gateway', 'peer'] as const)
      expect(z.parse(schemaAt(schema, 3, reader), {})).toEqual({ version: '1.0.0' });
  });

  it('fills in a default of its own each time', () => {
    const schema = schemaAt(z.object({ list: z.array(Noun).default([]) }), 2, 'gateway');
    const read = () => z.parse(schema, {}) as { list: unknown[] };

    read().list.push('of the first');

    expect(read()).toEqual({ list: [] });
  });
});

describe('what a peer reads', () => {
  it('is valid for the strict reader of the same revision', async () => {
    const schema = z.object({
      a: z.string(),
      b: z.array(z.object({ c: z.int() })),
      d: z.looseObject({ e: z.string() }).optional(),
      f: z.record(z.string(), z.object({ g: z.boolean() })).optional(),
    });
    const extra = { x: fc.jsonValue() };
    const value = fc.record(
      {
        a: fc.string(),
        b: fc.array(fc.record({ c: fc.integer(), ...extra })),
        d: fc.record({ e: fc.string(), ...extra }),
        f: fc.dictionary(fc.string(), fc.record({ g: fc.boolean(), ...extra })),
        ...extra,
      },
      { requiredKeys: ['a', 'b'] },
    );
    await fc.assert(
      fc.property(value, (generated) => {
        const read = z.parse(schemaAt(schema, 3, 'peer'), generated);
        expect(z.parse(schemaAt(schema, 3, 'gateway'), read)).toEqual(read);
      }),
    );
  });
});
