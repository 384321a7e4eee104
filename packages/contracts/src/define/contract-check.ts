import type * as z from 'zod/mini';
import { isErrorCode } from '../tables/errors.ts';
import { MAX_TYPE_LENGTH } from '../tables/limits.ts';
import type { Revision } from '../tables/revisions.ts';
import { EFFECT_CLASSES, EVENT_KEEPING, REQUEST_DIRECTIONS, ROLES, SCOPES_OF_ROLE } from '../tables/vocabulary.ts';
import type { Cast } from './cast.ts';
import type { ExtensionEntry } from './contract.ts';
import type { Definition, EventDefinition, RequestDefinition, Schema } from './operation.ts';
import { checkSchema, type SchemaRules } from './schema-check.ts';

/** A contract that contradicts itself. The message names the place and what would be right. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

interface Subject {
  readonly name: string;
  readonly revisions: readonly Revision[];
  readonly definitions: readonly Definition[];
  readonly casts: readonly Cast[];
  readonly extensions: readonly ExtensionEntry[];
}

/** Judges the definitions of a contract. @throws {ContractError} for the first thing that is wrong. */
export function checkContract(subject: Subject): void {
  checkRevisions(subject);
  checkNames(subject.definitions);
  checkExtensions(subject);
  const names: Names = new Map();
  for (const definition of subject.definitions) {
    checkDefinition(definition, subject.revisions);
    checkSchemas(definition, subject, names);
  }
  for (const cast of subject.casts) checkCast(cast, subject, names);
}

type Names = Map<string, z.core.$ZodType>;

function refuse(place: string, problem: string): never {
  throw new ContractError(`${place}: ${problem}`);
}

function checkRevisions({ name, revisions }: Subject): void {
  revisions.forEach((entry, index) => {
    const before = revisions[index - 1];
    if (before !== undefined && entry.revision <= before.revision) {
      refuse(`contract ${name}`, `revision ${entry.revision} stands after ${before.revision}; they must ascend`);
    }
  });
  if (!revisions.some((entry) => entry.status !== 'retired')) {
    refuse(`contract ${name}`, 'every revision is retired; one must be served');
  }
}

function checkNames(definitions: readonly Definition[]): void {
  const seen = new Set<string>();
  for (const definition of definitions) {
    const place = placeOf(definition);
    if (seen.has(place)) refuse(place, 'is defined twice; types are unique');
    seen.add(place);
  }
}

function checkExtensions({ extensions }: Subject): void {
  const seen = new Set<string>();
  for (const { id } of extensions) {
    if (id === '' || id.length > 128) refuse(`extension ${id}`, 'an id has 1 to 128 characters');
    if (seen.has(id)) refuse(`extension ${id}`, 'is there twice; ids are unique');
    seen.add(id);
  }
}

function placeOf(definition: Definition): string {
  return `${definition.kind} ${definition.type}`;
}

function checkDefinition(definition: Definition, revisions: readonly Revision[]): void {
  const place = placeOf(definition);
  if (!/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/.test(definition.type) || definition.type.length > MAX_TYPE_LENGTH) {
    refuse(place, `a type is lower case, its words joined by dots, at most ${MAX_TYPE_LENGTH} characters`);
  }
  for (const end of ['since', 'until'] as const) {
    const revision = definition[end];
    if (revision !== undefined && !revisions.some((entry) => entry.revision === revision)) {
      refuse(place, `${end} ${revision} is not a revision of this contract`);
    }
  }
  if (definition.until !== undefined && definition.until < definition.since) {
    refuse(place, `until ${definition.until} is before since ${definition.since}`);
  }
  if (definition.kind === 'event') checkEvent(definition, place);
  else checkRequest(definition, place);
}

function checkEvent({ audience, kept }: EventDefinition, place: string): void {
  if (audience.roles.length === 0) refuse(place, 'has no audience; name the roles that may see it');
  checkPeers(audience, place);
  if (!Object.hasOwn(EVENT_KEEPING, kept)) refuse(place, `kept is one of ${Object.keys(EVENT_KEEPING).join(', ')}`);
}

function checkRequest(definition: RequestDefinition, place: string): void {
  if (definition.roles.length === 0) refuse(place, 'has no roles; name the peers that take part');
  checkPeers(definition, place);
  if (!Object.hasOwn(EFFECT_CLASSES, definition.effect)) {
    refuse(place, `effect is one of ${Object.keys(EFFECT_CLASSES).join(', ')}`);
  }
  if (!REQUEST_DIRECTIONS.includes(definition.direction)) {
    refuse(place, `direction is one of ${REQUEST_DIRECTIONS.join(', ')}`);
  }
  if (definition.direction !== 'to_gateway' && definition.effect === 'once') {
    refuse(place, "effect once is the gateway's own store; what a peer does is remote or read");
  }
  for (const code of definition.errors) if (!isErrorCode(code)) refuse(place, `${code} is not in the error table`);
}

function checkPeers({ roles, scopes }: Pick<RequestDefinition, 'roles' | 'scopes'>, place: string): void {
  for (const role of roles)
    if (!ROLES.includes(role)) refuse(place, `${role} is not a role; there are ${ROLES.join(', ')}`);
  for (const scope of scopes) {
    if (!roles.some((role) => SCOPES_OF_ROLE[role].includes(scope)))
      refuse(place, `no peer of ${roles.join(', ')} can hold ${scope}`);
  }
}

/** Where a cast brings the older shape whole, the newer one need not hold before the revision that the cast leads to. */
function checkSchemas(definition: Definition, { revisions, casts }: Subject, names: Names): void {
  const place = placeOf(definition);
  const own = casts.flatMap((cast) => {
    const request = definition.kind === 'request' ? cast.requests[definition.type] : undefined;
    return request === undefined ? [] : [{ to: cast.to, request }];
  });
  const from = (part: 'payload' | 'result') =>
    Math.max(definition.since, ...own.filter(({ request }) => request[part] !== undefined).map(({ to }) => to));
  const rules = { until: definition.until ?? Number.POSITIVE_INFINITY, revisions: numbers(revisions), names };
  judge(definition.payload, { ...rules, place: `${place}: payload`, since: from('payload') });
  if (definition.kind === 'request' && definition.result !== undefined) {
    judge(definition.result, { ...rules, place: `${place}: result`, since: from('result') });
  }
}

function judge(schema: Schema, rules: SchemaRules): void {
  const wrong = checkSchema(schema, rules);
  if (wrong !== undefined) refuse(wrong.place, wrong.problem);
}

function numbers(revisions: readonly Revision[]): ReadonlySet<number> {
  return new Set(revisions.map((entry) => entry.revision));
}

function checkCast(cast: Cast, { revisions, definitions }: Subject, names: Names): void {
  const place = `cast ${cast.from} → ${cast.to}`;
  for (const end of [cast.from, cast.to]) {
    if (!revisions.some((entry) => entry.revision === end)) refuse(place, `revision ${end} does not exist`);
  }
  if (cast.to <= cast.from) refuse(place, 'goes from an older revision to a newer one');
  const between = revisions.find((entry) => entry.revision > cast.from && entry.revision < cast.to);
  if (between !== undefined) refuse(place, `passes over revision ${between.revision}; a cast joins neighbours`);

  for (const [type, request] of Object.entries(cast.requests)) {
    const definition = definitions.find((one): one is RequestDefinition => one.kind === 'request' && one.type === type);
    if (definition === undefined) refuse(place, `request ${type} is not defined`);
    const rules = { since: definition.since, until: cast.from, revisions: numbers(revisions), names };
    if (request.payload !== undefined)
      judge(request.payload.schema, { ...rules, place: `${place}: request ${type}: payload` });
    if (request.result?.schema !== undefined)
      judge(request.result.schema, { ...rules, place: `${place}: request ${type}: result` });
  }
  for (const type of Object.keys(cast.events)) {
    if (!definitions.some((one) => one.kind === 'event' && one.type === type))
      refuse(place, `event ${type} is not defined`);
  }
}
