import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as classic from 'zod';
import * as z from 'zod/mini';
import type { Schema } from './operation.ts';
import { mustFit, readAs } from './read-as.ts';

const issues = (schema: Schema, value: unknown) => {
  const reading = readAs(schema, value, 'payload');
  return reading.fits ? [] : reading.issues;
};

describe('a value read by its schema', () => {
  const schema = z.strictObject({ content: z.array(z.strictObject({ type: z.string() })) });

  it('is as its schema has it, defaults filled in', () => {
    const filled = z.object({ a: z._default(z.int(), 1) });

    expect(readAs(filled, {}, 'payload')).toEqual({ fits: true, value: { a: 1 } });
    expect(mustFit(filled, {}, 'payload')).toEqual({ a: 1 });
  });

  it('that does not fit has a path from its root, and says what was expected [ER-3]', () => {
    expect(readAs(schema, { content: [{ type: 'text' }, { type: 5 }] }, 'payload')).toEqual({
      fits: false,
      issues: [{ path: ['payload', 'content', 1, 'type'], message: 'expected string, received number' }],
      message: 'payload.content.1.type: expected string, received number',
    });
  });

  it('that its program made throws with the same words', () => {
    expect(() => mustFit(schema, {}, 'result')).toThrow(
      new TypeError('result.content: expected array, received undefined'),
    );
  });

  it('names the unknown key itself [FR-10]', () => {
    expect(issues(schema, { content: [{ type: 'text', titel: 'secret text' }] })).toEqual([
      { path: ['payload', 'content', 0, 'titel'], message: 'unknown key' },
    ]);
  });

  it('says at most eight, and nothing of the values', () => {
    const found = issues(
      z.array(z.enum(['a', 'b'])),
      Array.from({ length: 50 }, () => 'hunter2'),
    );

    expect(found).toHaveLength(8);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  const kinds = z.discriminatedUnion('kind', [z.object({ kind: z.literal('x') }), z.object({ kind: z.literal('y') })]);
  it.each<[string, Schema, unknown]>([
    ['expected int, received number', z.int(), 1.5],
    ['expected object, received null', z.object({}), null],
    ['expected string, received array', z.string(), []],
    ['expected true', z.literal(true), false],
    ['expected one of "a", "b"', z.enum(['a', 'b']), 'c'],
    ['expected another shape', z.union([z.string(), z.number()]), true],
    ['expected one of "x", "y"', kinds, { kind: 'z' }],
    ['expected at least 2 characters', z.string().check(z.minLength(2)), 'a'],
    ['expected at most 2 items', z.array(z.unknown()).check(z.maxLength(2)), [1, 2, 3]],
    ['expected at least 1', z.int().check(z.gte(1)), 0],
    ['expected more than 1', z.number().check(z.gt(1)), 1],
    ['expected less than 1', z.number().check(z.lt(1)), 1],
    ['expected /^a$/', z.string().check(z.regex(/^a$/)), 'b'],
    ['expected uuid', z.uuid(), 'b'],
    ['expected datetime', z.iso.datetime(), 'b'],
  ])('says what was %s', (message, kind, value) => {
    expect(issues(kind, value).map((issue) => issue.message)).toEqual([message]);
  });

  it('says what its author says, where he says something', () => {
    expect(issues(z.string('a name, please'), 5)).toEqual([{ path: ['payload'], message: 'a name, please' }]);
  });
});

describe('the words of an issue', () => {
  beforeEach(() => void classic.config(classic.locales.de()));
  afterEach(() => void classic.config(classic.locales.en()));

  it('are the same whatever language zod is set to', () => {
    expect(classic.string().safeParse(5).error?.issues[0]?.message).toContain('erwartet');
    expect(issues(classic.string(), 5)).toEqual([{ path: ['payload'], message: 'expected string, received number' }]);
  });
});
