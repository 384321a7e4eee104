import type { Contract } from '../define/contract.ts';
import { createDerivation } from '../define/schema-at.ts';
import { frameSchemas } from '../frames/frame-schemas.ts';
import { contractBase, type DescribeOptions } from './describe.ts';
import { type Json, type JsonObject, sortKeys } from './json.ts';
import { createSchemaWriter, type Draft } from './json-schema.ts';
import { atOnce, type Steps } from './steps.ts';

export interface SchemaFilesOptions extends Pick<DescribeOptions, 'base'> {
  readonly draft?: Draft;
}

/** One JSON Schema of its own. */
export interface SchemaFile {
  /** Where it belongs, for instance `3/values/Turn.json`. */
  readonly path: string;
  /** Its `$id` is the base and the path; its references are relative, so that they lead on from either. */
  readonly schema: JsonObject;
}

const DIALECTS: Readonly<Record<Draft, string>> = {
  'draft-2020-12': 'https://json-schema.org/draft/2020-12/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
};

/**
 * Every shape of a contract at one revision as a JSON Schema of its own, with descriptions: `values/<Name>.json`,
 * `requests/<type>.payload.json` and `.result.json`, `events/<type>.json` and `frames/<name>.json`, below the revision;
 * those in draft-07 one directory deeper.
 *
 * @throws {RangeError} for a revision that the contract does not serve.
 */
export function schemaFiles(
  contract: Contract,
  revision: number,
  options: SchemaFilesOptions = {},
): readonly SchemaFile[] {
  return atOnce(schemaFilesInSteps(contract, revision, options));
}

/** The same as `schemaFiles`, a message in each step. */
export function* schemaFilesInSteps(
  contract: Contract,
  revision: number,
  options: SchemaFilesOptions = {},
): Steps<readonly SchemaFile[]> {
  const { draft = 'draft-2020-12', base = contractBase(contract) } = options;
  const writer = createSchemaWriter({ draft, prose: true });
  const view = contract.at(revision);
  const closed = createDerivation(revision, 'gateway');
  const written: [string, JsonObject][] = [];
  for (const [type, { payload, result }] of view.requests) {
    written.push([`requests/${type}.payload.json`, writer.write(payload)]);
    if (result !== undefined) written.push([`requests/${type}.result.json`, writer.write(result)]);
    yield;
  }
  for (const [type, { payload }] of view.events) {
    written.push([`events/${type}.json`, writer.write(payload)]);
    yield;
  }
  for (const [name, schema] of Object.entries(frameSchemas(revision))) {
    written.push([`frames/${name}.json`, writer.write(closed(schema))]);
    yield;
  }
  for (const [name, schema] of Object.entries(writer.definitions)) written.push([`values/${name}.json`, schema]);

  const directory = draft === 'draft-07' ? `${revision}/draft-07/` : `${revision}/`;
  return written
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, schema]) => ({
      path: directory + name,
      schema: sortKeys({ ...relative(schema), $schema: DIALECTS[draft], $id: base + directory + name }),
    }));
}

/** Every file is one directory deep, so every other is one up and one down. */
function relative(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === '$ref' && typeof value === 'string')
        return [key, value.replace(/^#\/(\$defs|definitions)\/(.*)$/, '../values/$2.json')];
      return [key, within(value)];
    }),
  );
}

function within(value: Json): Json {
  if (Array.isArray(value)) return value.map(within);
  return typeof value === 'object' && value !== null ? relative(value as JsonObject) : value;
}
