import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { mutated, valuesOf } from '../../test/wire-values.ts';
import { describeRevision } from '../artefacts/describe.ts';
import type { Json, JsonObject } from '../artefacts/json.ts';
import { tyrum } from '../tyrum.ts';
import { compiledSchema } from './compiled-schema.ts';
import type { Schema } from './operation.ts';

/** Keys that mean something to JavaScript, as a peer can send them. */
function withHostileKeys(value: Json): Json {
  const text = JSON.stringify(value);
  if (!text.startsWith('{')) return value;
  return JSON.parse(`{"__proto__":{"admin":true},"constructor":1${text === '{}' ? '' : ','}${text.slice(1)}`) as Json;
}

describe('a compiled schema', () => {
  afterEach(() => z.config({ jitless: false }));

  it.each(tyrum.served)(
    'says of every message of revision %i what the schema says, to the byte and in the same words',
    async (revision) => {
      const artefact = describeRevision(tyrum, revision);
      const follow = (reference: string) => artefact.$defs[reference.replace('#/$defs/', '')] as JsonObject;
      const view = tyrum.at(revision);
      const schemas: [Schema, JsonObject][] = [];
      for (const [type, { payload, result }] of view.requests) {
        const described = artefact.requests[type] as JsonObject;
        schemas.push([payload, described.payload as JsonObject]);
        if (result !== undefined) schemas.push([result, described.result as JsonObject]);
      }
      for (const [type, { payload }] of view.events)
        schemas.push([payload, artefact.events[type]?.payload as JsonObject]);
      const seen = { fits: 0, misfits: 0 };

      for (const [schema, described] of schemas) {
        compiledSchema(schema);
        const compiled = compiledSchema(schema);
        expect(compiled).not.toBe(schema);
        const values = valuesOf(described, follow);
        const hostile = fc.oneof(
          values,
          mutated(values),
          values.map((value) => withHostileKeys(value as Json)),
        );
        await fc.assert(
          fc.property(hostile, (value) => {
            const [one, other] = [z.safeParse(schema, value), z.safeParse(compiled, value)];
            seen[one.success ? 'fits' : 'misfits'] += 1;
            expect(JSON.stringify(other)).toBe(JSON.stringify(one));
            expect(other.error?.issues).toEqual(one.error?.issues);
          }),
          { numRuns: 8 },
        );
      }

      expect(Math.min(seen.fits, seen.misfits)).toBeGreaterThan(50);
    },
  );

  it('is made for a schema that is read by again, and once', () => {
    const schema = z.object({ a: z.string() });

    const [first, second, third] = [compiledSchema(schema), compiledSchema(schema), compiledSchema(schema)];

    expect([first === schema, second === schema, third === second]).toEqual([true, false, true]);
  });

  it('is not made where no code may be written', () => {
    const schema = z.object({ a: z.string() });
    z.config({ jitless: true });

    expect([1, 2, 3].map(() => compiledSchema(schema) === schema)).toEqual([true, true, true]);
  });
});
