import type { Revision } from '../tables/revisions.ts';
import { EFFECT_CLASSES, EVENT_KEEPING, REQUEST_DIRECTIONS } from '../tables/vocabulary.ts';
import type { Cast } from './cast.ts';
import type { ExtensionEntry } from './contract.ts';
import type { Definition } from './operation.ts';

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
  for (const definition of subject.definitions) checkDefinition(definition, subject.revisions);
  for (const cast of subject.casts) checkCast(cast, subject);
}

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
  if (!revisions.some((entry) => entry.status !== 'retired'))
    refuse(`contract ${name}`, 'every revision is retired; one must be served');
}

function checkNames(definitions: readonly Definition[]): void {
  const seen = new Set<string>();
  for (const definition of definitions) {
    const key = `${definition.kind} ${definition.type}`;
    if (seen.has(key)) refuse(key, 'is defined twice; types are unique');
    seen.add(key);
  }
}

function checkDefinition(definition: Definition, revisions: readonly Revision[]): void {
  const place = `${definition.kind} ${definition.type}`;
  if (!/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$/.test(definition.type)) {
    refuse(place, 'a type is lower case, its words joined by dots');
  }
  if (!revisions.some((entry) => entry.revision === definition.since)) {
    refuse(place, `since ${definition.since} is not a revision of this contract`);
  }
  if (definition.until !== undefined && definition.until < definition.since) {
    refuse(place, `until ${definition.until} is before since ${definition.since}`);
  }
  if (definition.kind === 'event') {
    if (definition.audience.roles.length === 0) refuse(place, 'has no audience; name the roles that may see it');
    if (!Object.hasOwn(EVENT_KEEPING, definition.kept))
      refuse(place, `kept is one of ${Object.keys(EVENT_KEEPING).join(', ')}`);
    return;
  }
  if (definition.roles.length === 0) refuse(place, 'has no roles; name the peers that take part');
  if (!Object.hasOwn(EFFECT_CLASSES, definition.effect)) {
    refuse(place, `effect is one of ${Object.keys(EFFECT_CLASSES).join(', ')}`);
  }
  if (!REQUEST_DIRECTIONS.includes(definition.direction))
    refuse(place, `direction is one of ${REQUEST_DIRECTIONS.join(', ')}`);
  if (definition.direction === 'to_peer' && definition.effect === 'once') {
    refuse(place, "effect once is the gateway's own store; what a peer does is remote or read");
  }
}

function checkCast(cast: Cast, { revisions, definitions }: Subject): void {
  const place = `cast ${cast.from} → ${cast.to}`;
  for (const end of [cast.from, cast.to]) {
    if (!revisions.some((entry) => entry.revision === end)) refuse(place, `revision ${end} does not exist`);
  }
  if (cast.to <= cast.from) refuse(place, 'goes from an older revision to a newer one');
  for (const type of Object.keys(cast.requests)) {
    if (!definitions.some((definition) => definition.kind === 'request' && definition.type === type)) {
      refuse(place, `request ${type} is not defined`);
    }
  }
  for (const type of Object.keys(cast.events)) {
    if (!definitions.some((definition) => definition.kind === 'event' && definition.type === type)) {
      refuse(place, `event ${type} is not defined`);
    }
  }
}
