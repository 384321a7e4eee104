import type { Contract } from '../define/contract.ts';
import { existsAt } from '../define/shapes.ts';
import { CLOSE_CODES } from '../tables/close-codes.ts';
import { ERRORS } from '../tables/errors.ts';
import { DEFAULT_LIMITS, HANDSHAKE_LIMITS } from '../tables/limits.ts';
import { EFFECT_CLASSES, EVENT_KEEPING, SCOPES_OF_ROLE } from '../tables/vocabulary.ts';
import { contractBase, type DescribeOptions } from './describe.ts';
import { type Json, type JsonObject, sortKeys } from './json.ts';
import { proseOf } from './prose.ts';

/**
 * What a contract means, beside the shapes: every request and event with who, when, how often and why, the tables, and an
 * example of each. `schemas` names the JSON Schema of each shape by revision.
 */
export function describeCatalog(
  contract: Contract,
  { base = contractBase(contract) }: Pick<DescribeOptions, 'base'> = {},
): JsonObject {
  const requests: Record<string, JsonObject> = {};
  const events: Record<string, JsonObject> = {};
  for (const definition of contract.definitions) {
    const revisions = contract.served.filter((revision) => existsAt(definition, revision));
    const schemas = (name: string) =>
      Object.fromEntries(revisions.map((revision) => [revision, `${base}${revision}/${name}`]));
    const extension = contract.extensions.find((entry) => entry.definitions.has(definition))?.id;
    const { summary, example } = proseOf(definition);
    const common = {
      summary,
      since: definition.since,
      ...(definition.until === undefined ? {} : { until: definition.until }),
      ...(extension === undefined ? {} : { extension }),
      example: example as unknown as JsonObject,
    };
    if (definition.kind === 'event') {
      const { audience, kept, type } = definition;
      events[type] = {
        ...common,
        roles: audience.roles,
        scopes: audience.scopes,
        kept,
        schemas: { payload: schemas(`events/${type}.json`) },
      };
      continue;
    }
    const { type, direction, roles, scopes, effect, errors, result } = definition;
    const payload = schemas(`requests/${type}.payload.json`);
    requests[type] = {
      ...common,
      direction,
      roles,
      scopes,
      effect,
      errors,
      schemas: result === undefined ? { payload } : { payload, result: schemas(`requests/${type}.result.json`) },
    };
  }
  return sortKeys({
    contract: contract.name,
    revisions: contract.revisions.map((entry) => ({ ...entry, hash: contract.hashes[entry.revision] ?? null })),
    extensions: contract.extensions.map(({ id, hashes }) => ({ id, hashes: { ...hashes } })),
    requests,
    events,
    errors: json(ERRORS),
    close_codes: json(CLOSE_CODES),
    effects: json(EFFECT_CLASSES),
    kept: json(EVENT_KEEPING),
    scopes: json(SCOPES_OF_ROLE),
    limits: { default: json(DEFAULT_LIMITS), handshake: json(HANDSHAKE_LIMITS) },
  });
}

/** Tables are JSON already; this says so to the compiler, and leaves out what is undefined. */
function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
