import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as z3 from 'zod/v3';
import { defineContract } from '../define/contract.ts';
import { defineRequest, type Schema } from '../define/operation.ts';
import { tyrum } from '../tyrum.ts';
import { fromZod3 } from '../zod3/from-zod3.ts';
import type { Json, JsonObject } from './json.ts';
import { createSchemaWriter } from './json-schema.ts';
import { schemaFiles } from './schema-files.ts';

const SAYS_NOTHING = new Set(['$id', '$schema', 'default', 'description', 'x-since']);

/** Where a JSON Schema accepts everything: the place of each part without a keyword that refuses something. */
function emptyPlaces(schema: Json, place: string): readonly string[] {
  if (schema === true) return [place];
  if (Array.isArray(schema)) return schema.flatMap((part) => emptyPlaces(part, place));
  if (typeof schema !== 'object' || schema === null) return [];
  const entries = Object.entries(schema as JsonObject);
  if (entries.every(([keyword]) => SAYS_NOTHING.has(keyword))) return [place];
  return entries.flatMap(([keyword, value]) => {
    if (keyword === 'properties')
      return Object.entries(value as JsonObject).flatMap(([name, field]) => emptyPlaces(field, `${place}.${name}`));
    if (keyword === 'additionalProperties') return emptyPlaces(value, `${place}.*`);
    return ['items', 'anyOf', 'oneOf', 'allOf'].includes(keyword) ? emptyPlaces(value, place) : [];
  });
}

describe('the exported schemas of the contract', () => {
  it.each(
    tyrum.served.flatMap((revision) =>
      (['draft-2020-12', 'draft-07'] as const).map((draft) => [revision, draft] as const),
    ),
  )(
    'all refuse something at revision %i in %s, but for what is declared to be anything: any JSON, and the rest of open objects',
    (revision, draft) => {
      const places = schemaFiles(tyrum, revision, { draft }).flatMap(({ path, schema }) =>
        emptyPlaces(schema, path.replace(/^\d+\/(draft-07\/)?/, '')),
      );

      expect(places).toEqual([
        'values/Action.json.*',
        'values/Json.json',
        'values/Metadata.json.*',
        'values/Part.json.*',
        'values/Trace.json.*',
      ]);
    },
  );
});

describe('a schema that accepts everything', () => {
  const contractWith = (payload: Schema) => () =>
    defineContract({
      name: 'empty',
      revisions: [{ revision: 1, status: 'current', released: null, sunset: null, summary: 'The first one.' }],
      modules: {
        ask: {
          askAny: defineRequest({
            type: 'ask.any',
            summary: 'Asks.',
            direction: 'to_gateway',
            roles: ['client'],
            scopes: [],
            effect: 'read',
            since: 1,
            payload,
            example: { payload: {} },
          }),
        },
      },
    });

  it('is refused by defineContract, unless it is declared to', () => {
    expect(contractWith(z.unknown())).toThrow('request ask.any: payload: accepts everything');
    expect(contractWith(z.unknown().meta({ 'x-any': true }))).not.toThrow();
    expect(contractWith(fromZod3(z3.unknown()))).toThrow('request ask.any: payload: takes anything');
    expect(contractWith(fromZod3(z3.any()))).not.toThrow();
  });

  it.each([
    ['of zod 4', z.unknown()],
    ['of zod 4 that JSON Schema cannot say', z.date()],
    ['of zod 3', fromZod3(z3.unknown())],
    ['with a name', z.object({ a: z.unknown().meta({ id: 'NobodySaidAny' }) })],
  ])('is not exported, whoever asks: %s', (_what, schema) => {
    expect(() => createSchemaWriter().write(schema)).toThrow(TypeError);
  });

  it.each([
    ['of zod 4', z.unknown().meta({ 'x-any': true })],
    ['of zod 3', fromZod3(z3.any())],
    ['with a name', z.object({ a: z.unknown().meta({ id: 'SaidToBeAny', 'x-any': true }) })],
  ])('is exported where it is declared: %s', (_what, schema) => {
    expect(() => createSchemaWriter().write(schema)).not.toThrow();
  });
});
