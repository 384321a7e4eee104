import type { OlderShapes } from '../../define/cast.ts';
import type { Contract } from '../../define/contract.ts';
import type { Definition, EventDefinition, RequestDefinition, Schema } from '../../define/operation.ts';
import type { RequestShapes } from '../../spoken/shape.ts';
import { literal } from './literal.ts';
import { shapeConstants } from './shape-constants.ts';
import { shapeOf } from './shape-of.ts';

/** What the definitions of a contract say, as modules that need no zod, by file name. */
export function spokenModules(contract: Contract): Readonly<Record<string, string>> {
  // In an order of their own: the one in which a module's exports come is the loader's.
  const definitions = [...contract.definitions].sort((one, other) => (one.type < other.type ? -1 : 1));
  const requests = definitions.filter((one): one is RequestDefinition => one.kind === 'request');
  const events = definitions.filter((one): one is EventDefinition => one.kind === 'event');
  return {
    'facts.gen.ts': factsModule(contract, requests, events),
    'trusted-facts.gen.ts': trustedFactsModule(contract, requests, events),
    'shapes.gen.ts': shapesModule(contract.casts, requests, events),
  };
}

const HEAD = '// Written by `pnpm lock-revision` from the definitions of requests and events.';

function factsModule(
  { name, served }: Contract,
  requests: readonly RequestDefinition[],
  events: readonly EventDefinition[],
): string {
  const asked = rows(requests, ({ direction, roles, effect, since, until }) => ({
    direction,
    roles,
    effect,
    since,
    ...(until === undefined ? {} : { until }),
  }));
  const told = rows(events, ({ kept, since, until }) => ({ kept, since, ...(until === undefined ? {} : { until }) }));
  return `${HEAD}
import type { Facts } from './facts.ts';

export const TYRUM_FACTS: Facts = {
  name: ${literal(name)},
  served: ${literal(served)},
  requests: [
${asked}
  ],
  events: [
${told}
  ],
};
`;
}

/** The first revision at which a gateway proves who it is: nobody else is trusted. */
const FIRST_WITH_PROOF = 3;

/** What a peer cannot do without that takes everything else as it comes. */
function trustedFactsModule(
  { name, served }: Contract,
  requests: readonly RequestDefinition[],
  events: readonly EventDefinition[],
): string {
  const lives = ({ until = FIRST_WITH_PROOF }: Definition) => until >= FIRST_WITH_PROOF;
  const reads = requests.filter((one) => one.effect === 'read' && one.direction !== 'to_peer' && lives(one));
  const ephemeral = events.filter((one) => one.kept === 'ephemeral' && lives(one));
  const proven = served.filter((revision) => revision >= FIRST_WITH_PROOF);
  const typesOf = (those: readonly Definition[]) => literal(those.map(({ type }) => type));
  return `${HEAD}
export const TRUSTED_FACTS = {
  name: ${literal(name)},
  served: ${literal(proven)},
  reads: ${typesOf(reads)},
  ephemeral: ${typesOf(ephemeral)},
} as const;
`;
}

/** Definitions that say the same share a row. */
function rows<Of extends Definition>(definitions: readonly Of[], factsOf: (definition: Of) => object): string {
  const types = new Map<string, string[]>();
  for (const definition of definitions) {
    const facts = literal(factsOf(definition)).slice(0, -2);
    types.set(facts, [...(types.get(facts) ?? []), definition.type]);
  }
  return [...types].map(([facts, those]) => `    ${facts}, types: ${literal(those)} },`).join('\n');
}

function shapesModule(
  casts: readonly OlderShapes[],
  requests: readonly RequestDefinition[],
  events: readonly EventDefinition[],
): string {
  const ofRequests = Object.fromEntries(requests.map((request) => [request.type, requestShapes(request, casts)]));
  const ofEvents = Object.fromEntries(events.map(({ type, payload }) => [type, shapeOf(payload)]));
  const { declarations, nameOf } = shapeConstants([ofRequests, ofEvents]);
  const members = (shapes: object) =>
    Object.entries(shapes)
      .map(([type, value]) => `  ${literal({ [type]: value }, nameOf).slice(2, -2)},\n`)
      .join('');
  return `${HEAD}
import type { RequestShapes, Shape } from './shape.ts';

${declarations.join('\n')}

export const REQUEST_SHAPES: Readonly<Record<string, RequestShapes>> = {
${members(ofRequests)}};

export const EVENT_SHAPES: Readonly<Record<string, Shape>> = {
${members(ofEvents)}};
`;
}

function requestShapes({ type, payload, result }: RequestDefinition, casts: readonly OlderShapes[]): RequestShapes {
  const now = shapesOf(payload, result);
  const cast = casts.find(
    ({ requests }) => requests[type]?.payload !== undefined || requests[type]?.result !== undefined,
  );
  const older = cast?.requests[type];
  if (cast === undefined || older === undefined) return now;
  const before = shapesOf(older.payload?.schema ?? payload, older.result === undefined ? result : older.result.schema);
  return { ...now, before: { until: cast.from, ...before } };
}

function shapesOf(payload: Schema, result: Schema | undefined): Omit<RequestShapes, 'before'> {
  return { payload: shapeOf(payload), ...(result === undefined ? {} : { result: shapeOf(result) }) };
}
