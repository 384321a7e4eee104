import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutated, valuesOf } from '../../test/wire-values.ts';
import type { Schema } from '../define/operation.ts';
import { readAs } from '../define/read-as.ts';
import { createDerivation } from '../define/schema-at.ts';
import { frameSchemas } from '../frames/frame-schemas.ts';
import { tyrum } from '../tyrum.ts';
import type { JsonObject } from './json.ts';
import { schemaFiles } from './schema-files.ts';

const BASE = 'https://schemas.tyrum.dev/tyrum/';

describe.each(tyrum.served)('the JSON Schema files of revision %i', (revision) => {
  const files = schemaFiles(tyrum, revision);
  const old = schemaFiles(tyrum, revision, { draft: 'draft-07' });
  const ajv = load(new Ajv2020(OPTIONS), files);
  const ajv7 = load(new Ajv(OPTIONS), old);
  const shapes = shapesAt(revision);

  it('are one for each shape and each value, under one base', () => {
    const names = files.map(({ path }) => path);

    expect(names).toEqual(expect.arrayContaining([...shapes.keys()].map((name) => `${revision}/${name}`)));
    expect(names).toContain(`${revision}/values/Turn.json`);
    expect(files.map(({ schema }) => schema.$id)).toEqual(names.map((name) => BASE + name));
    expect(old.map(({ path }) => path.replace('/draft-07', ''))).toEqual(names);
  });

  it('refer only to each other, and each of them compiles', { timeout: 60_000 }, () => {
    for (const [validators, all] of [
      [ajv, files],
      [ajv7, old],
    ] as const) {
      for (const { schema } of all) expect(validators.getSchema(String(schema.$id))).toBeTypeOf('function');
    }
  });

  it('accept exactly what zod accepts, in both drafts', { timeout: 60_000 }, async () => {
    const byId = new Map(files.map(({ schema }) => [schema.$id, schema]));
    const seen = { accepted: 0, refused: 0 };
    for (const [name, schema] of shapes) {
      const id = `${BASE}${revision}/${name}`;
      const [accepts, accepts7] = [
        ajv.getSchema(id),
        ajv7.getSchema(id.replace(`/${revision}/`, `/${revision}/draft-07/`)),
      ];
      const values = valuesOf(
        byId.get(id) as JsonObject,
        (reference) => byId.get(new URL(reference, id).href) as JsonObject,
      );
      const valid = fc.property(values, (generated) => {
        const value: unknown = JSON.parse(JSON.stringify(generated));
        if (!readAs(schema, value, name).fits) throw new Error(`${name} refuses ${JSON.stringify(value)}`);
        if (accepts?.(value) !== true || accepts7?.(value) !== true)
          throw new Error(`${name}: not valid: ${JSON.stringify(value)}`);
      });
      const changed = fc.property(mutated(values), (generated) => {
        const value: unknown = JSON.parse(JSON.stringify(generated));
        const accepted = readAs(schema, value, name).fits;
        seen[accepted ? 'accepted' : 'refused'] += 1;
        if (accepts?.(value) !== accepted || accepts7?.(value) !== accepted) {
          throw new Error(`${name}: zod says ${accepted} of ${JSON.stringify(value)}`);
        }
      });
      await fc.assert(valid, { numRuns: 3 });
      await fc.assert(changed, { numRuns: 12 });
    }
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(shapes.size * 2);
  });
});

const OPTIONS = { strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true };

function load(ajv: Ajv | Ajv2020, files: readonly { readonly schema: JsonObject }[]): Ajv | Ajv2020 {
  ajv.addKeyword('x-since');
  addFormats.default(ajv);
  for (const { schema } of files) ajv.addSchema(schema);
  return ajv;
}

/** Every shape that travels at a revision, by the name of its file. */
function shapesAt(revision: number): ReadonlyMap<string, Schema> {
  const view = tyrum.at(revision);
  const closed = createDerivation(revision, 'gateway');
  const shapes = new Map<string, Schema>();
  for (const [type, { payload, result }] of view.requests) {
    shapes.set(`requests/${type}.payload.json`, payload);
    if (result !== undefined) shapes.set(`requests/${type}.result.json`, result);
  }
  for (const [type, { payload }] of view.events) shapes.set(`events/${type}.json`, payload);
  for (const [name, schema] of Object.entries(frameSchemas(revision)))
    shapes.set(`frames/${name}.json`, closed(schema));
  return shapes;
}
