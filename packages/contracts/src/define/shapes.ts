import type { OlderShapes } from './cast.ts';
import type { ExtensionEntry } from './contract.ts';
import type { Definition, EventDefinition, RequestDefinition, Schema } from './operation.ts';
import { type Reading, readAs } from './read-as.ts';
import { createDerivation, type Derivation, type Reader } from './schema-at.ts';
import type { SpokenEvent, SpokenRequest } from './spoken.ts';

/** What a request looks like at one revision. */
export interface RequestShapes extends SpokenRequest {
  readonly definition: RequestDefinition;
  /** The payload on the wire, as its reader checks it. */
  readonly payload: Schema;
  /** The result on the wire, as its reader checks it; `undefined` for a void one. */
  readonly result: Schema | undefined;
  /** Payload and result as either side reads them; for a request that goes both ways, that is not the same. */
  readonly payloads: Readonly<Record<Reader, Schema>>;
  readonly results: Readonly<Record<Reader, Schema | undefined>>;
}

export interface EventView extends SpokenEvent {
  readonly definition: EventDefinition;
  readonly payload: Schema;
}

/** The shapes of everything that a contract has at one revision. */
export interface Shapes {
  readonly revision: number;
  readonly requests: ReadonlyMap<string, RequestShapes>;
  readonly events: ReadonlyMap<string, EventView>;
}

export interface ShapesOptions {
  readonly definitions: readonly Definition[];
  readonly casts: readonly OlderShapes[];
  readonly extensions: readonly ExtensionEntry[];
  readonly revision: number;
}

export function createShapes({ definitions, casts, extensions, revision }: ShapesOptions): Shapes {
  const requests = new Map<string, RequestShapes>();
  const events = new Map<string, EventView>();
  const bridges = bridgesFrom(revision, casts);
  const derivations = { gateway: createDerivation(revision, 'gateway'), peer: createDerivation(revision, 'peer') };

  for (const definition of definitions) {
    if (!existsAt(definition, revision)) continue;
    const extension = extensions.find((entry) => entry.definitions.has(definition))?.id;
    if (definition.kind === 'event') {
      const payload = derivations.peer(definition.payload);
      events.set(definition.type, { definition, extension, payload, readPayload: reads(payload, 'payload') });
    } else {
      requests.set(definition.type, requestShapes(definition, extension, bridges, derivations));
    }
  }
  return { revision, requests, events };
}

/** Whether a request or event exists at a revision. */
export function existsAt(definition: Definition, revision: number): boolean {
  return definition.since <= revision && revision <= (definition.until ?? Number.POSITIVE_INFINITY);
}

/** The casts between a revision and the newest one, in the order of the way up. */
export function bridgesFrom<Bridge extends OlderShapes>(revision: number, casts: readonly Bridge[]): readonly Bridge[] {
  return casts.filter((cast) => cast.from >= revision).sort((one, other) => one.from - other.from);
}

function requestShapes(
  definition: RequestDefinition,
  extension: string | undefined,
  bridges: readonly OlderShapes[],
  derivations: Readonly<Record<Reader, Derivation>>,
): RequestShapes {
  const own = bridges.flatMap((bridge) => bridge.requests[definition.type] ?? []);
  const payload = own.find((cast) => cast.payload !== undefined)?.payload?.schema ?? definition.payload;
  const resultCast = own.find((cast) => cast.result !== undefined)?.result;
  const result = resultCast === undefined ? definition.result : resultCast.schema;
  const payloads = { gateway: derivations.gateway(payload), peer: derivations.peer(payload) };
  const results = {
    gateway: result === undefined ? undefined : derivations.gateway(result),
    peer: result === undefined ? undefined : derivations.peer(result),
  };
  const received =
    definition.direction === 'to_peer'
      ? { payload: payloads.peer, result: results.gateway }
      : { payload: payloads.gateway, result: results.peer };
  return {
    definition,
    extension,
    ...received,
    readPayload: reads(received.payload, 'payload'),
    readResult: received.result && reads(received.result, 'result'),
    payloads,
    results,
  };
}

function reads(schema: Schema, root: string): (value: unknown) => Reading {
  return (value) => readAs(schema, value, root);
}
