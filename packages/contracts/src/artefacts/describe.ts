import type { Contract } from '../define/contract.ts';
import type { RequestView, RevisionView } from '../define/revision-view.ts';
import { createDerivation } from '../define/schema-at.ts';
import type { EventView } from '../define/shapes.ts';
import { frameSchemas } from '../frames/frame-schemas.ts';
import { CLOSE_CODES } from '../tables/close-codes.ts';
import { ERRORS } from '../tables/errors.ts';
import { type JsonObject, sortKeys } from './json.ts';
import { createSchemaWriter, type SchemaWriter } from './json-schema.ts';
import { proseOf } from './prose.ts';
import { atOnce, type Steps } from './steps.ts';

/** Where the artefacts of contracts are found; each contract has its own directory below. */
export const ARTEFACT_BASE = 'https://schemas.tyrum.dev/';

/** The base URI of a contract's artefacts where its owner names none. */
export function contractBase({ name }: Pick<Contract, 'name'>): string {
  return `${ARTEFACT_BASE}${name}/`;
}

export interface DescribeOptions {
  /** Base URI of `$id`. Default: `https://schemas.tyrum.dev/<contract>/`. Part of what is hashed. */
  readonly base?: string;
  /** Adds summaries and descriptions, for people. An artefact that is hashed has none: a better sentence is no other contract. */
  readonly prose?: boolean;
}

/** A request in an artefact. */
export interface RequestArtefact extends JsonObject {
  readonly direction: string;
  readonly effect: string;
  readonly errors: readonly string[];
  readonly payload: JsonObject;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly since: number;
}

/** An event in an artefact. */
export interface EventArtefact extends JsonObject {
  readonly kept: string;
  readonly payload: JsonObject;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly since: number;
}

/** A revision of a contract as JSON: what is agreed by its hash, and what other languages read. */
export interface RevisionArtefact extends JsonObject {
  readonly $schema: string;
  readonly $id: string;
  readonly $defs: Readonly<Record<string, JsonObject>>;
  readonly contract: string;
  readonly revision: number;
  readonly requests: Readonly<Record<string, RequestArtefact>>;
  readonly events: Readonly<Record<string, EventArtefact>>;
}

/**
 * The base contract at one revision, whole: requests, events, envelopes, error table, close codes, each shared schema once
 * in `$defs`. Deterministic and sorted. Schemas say what their reader accepts: `<Name>.closed` refuses unknown keys.
 *
 * @throws {RangeError} for a revision that the contract does not serve.
 */
export function describeRevision(
  contract: Contract,
  revision: number,
  options: DescribeOptions = {},
): RevisionArtefact {
  return atOnce(describeRevisionInSteps(contract, revision, options));
}

/** The same as `describeRevision`, a message in each step. */
export function* describeRevisionInSteps(
  contract: Contract,
  revision: number,
  options: DescribeOptions = {},
): Steps<RevisionArtefact> {
  const writer = createSchemaWriter({ prose: options.prose ?? false });
  const described = yield* describeView(contract.at(revision), undefined, writer, options);
  const closed = createDerivation(revision, 'gateway');
  const frames = Object.entries(frameSchemas(revision)).map(([name, schema]) => [name, writer.write(closed(schema))]);
  yield;
  return finish(contract, revision, `${revision}/contract.json`, options, writer, {
    ...described,
    frames: Object.fromEntries(frames),
    errors: errorTable(),
    close_codes: closeCodeTable(),
  });
}

/**
 * One extension of a contract at one revision, in the same form without the tables.
 *
 * @throws {RangeError} for an unknown extension, or a revision that the contract does not serve.
 */
export function describeExtension(
  contract: Contract,
  id: string,
  revision: number,
  options: DescribeOptions = {},
): RevisionArtefact {
  return atOnce(describeExtensionInSteps(contract, id, revision, options));
}

/** The same as `describeExtension`, a message in each step. */
export function* describeExtensionInSteps(
  contract: Contract,
  id: string,
  revision: number,
  options: DescribeOptions = {},
): Steps<RevisionArtefact> {
  if (!contract.extensions.some((extension) => extension.id === id)) {
    throw new RangeError(`contract ${contract.name} has no extension ${id}`);
  }
  const writer = createSchemaWriter({ prose: options.prose ?? false });
  const described = yield* describeView(contract.at(revision), id, writer, options);
  return finish(contract, revision, `${revision}/extensions/${id}.json`, options, writer, {
    ...described,
    extension: id,
  });
}

type Described = Pick<RevisionArtefact, 'requests' | 'events'>;

function finish(
  contract: Contract,
  revision: number,
  path: string,
  { base = contractBase(contract) }: DescribeOptions,
  writer: SchemaWriter,
  rest: Described & JsonObject,
): RevisionArtefact {
  return sortKeys({
    ...rest,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: base + path,
    $defs: writer.definitions,
    contract: contract.name,
    revision,
  });
}

function* describeView(
  view: RevisionView,
  extension: string | undefined,
  writer: SchemaWriter,
  { prose = false }: DescribeOptions,
): Steps<Described> {
  const summary = (one: RequestView | EventView) => (prose ? { summary: proseOf(one.definition).summary } : {});
  const requests: Record<string, RequestArtefact> = {};
  for (const [type, request] of view.requests) {
    if (request.extension !== extension) continue;
    requests[type] = { ...summary(request), ...describeRequest(request, writer) };
    yield;
  }
  const events: Record<string, EventArtefact> = {};
  for (const [type, event] of view.events) {
    if (event.extension !== extension) continue;
    events[type] = { ...summary(event), ...describeEvent(event, writer) };
    yield;
  }
  return { requests, events };
}

function describeRequest({ definition, payload, result }: RequestView, writer: SchemaWriter): RequestArtefact {
  return {
    direction: definition.direction,
    roles: [...definition.roles].sort(),
    scopes: [...definition.scopes].sort(),
    effect: definition.effect,
    errors: [...definition.errors].sort(),
    since: definition.since,
    payload: writer.write(payload),
    ...(result === undefined ? {} : { result: writer.write(result) }),
  };
}

function describeEvent({ definition, payload }: EventView, writer: SchemaWriter): EventArtefact {
  return {
    roles: [...definition.audience.roles].sort(),
    scopes: [...definition.audience.scopes].sort(),
    kept: definition.kept,
    since: definition.since,
    payload: writer.write(payload),
  };
}

function errorTable(): JsonObject {
  return Object.fromEntries(
    Object.entries(ERRORS).map(([code, { retryable, httpStatus }]) => [code, { retryable, http_status: httpStatus }]),
  );
}

function closeCodeTable(): JsonObject {
  return Object.fromEntries(
    Object.entries(CLOSE_CODES).map(([name, { code, meaning: _meaning, ...rest }]) => [code, { name, ...rest }]),
  );
}
