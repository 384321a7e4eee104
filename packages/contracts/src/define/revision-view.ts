import { ProtocolError } from '../protocol-error.ts';
import type { Cast, EventWords, RequestCast } from './cast.ts';
import type { ExtensionEntry } from './contract.ts';
import type { Definition, EventDefinition, RequestDefinition, Schema } from './operation.ts';
import { mustFit, type Reading, readAs } from './read-as.ts';
import { createDerivation, type Derivation, type Reader, schemaAt } from './schema-at.ts';
import type { SpokenEvent, SpokenRequest } from './spoken.ts';

/** What a request looks like at one revision, and the way to and from the words that handlers speak. */
export interface RequestView extends SpokenRequest {
  readonly definition: RequestDefinition;
  /** The payload on the wire, as its reader checks it. */
  readonly payload: Schema;
  /** The result on the wire, as its reader checks it; `undefined` for a void one. */
  readonly result: Schema | undefined;
  /** Payload and result as either side reads them; for a request that goes both ways, that is not the same. */
  readonly payloads: Readonly<Record<Reader, Schema>>;
  readonly results: Readonly<Record<Reader, Schema | undefined>>;
  /**
   * From the wire's payload, already checked, to the current revision's, with its defaults filled in.
   *
   * @throws {ProtocolError} `contract_error` for the rare payload that has no newer form.
   */
  readonly up: (payload: unknown) => unknown;
  /** From the current revision's result to the wire's. */
  readonly down: (result: unknown) => unknown;
  /** From a refusal to what this revision answers instead, if it answers something else; keys that it does not have are dropped. */
  readonly downError: (error: { code: string; details: unknown }) => { readonly result: unknown } | undefined;
}

export interface EventView extends SpokenEvent {
  readonly definition: EventDefinition;
  readonly payload: Schema;
}

/** A contract at one revision. */
export interface RevisionView {
  readonly revision: number;
  readonly requests: ReadonlyMap<string, RequestView>;
  readonly events: ReadonlyMap<string, EventView>;
  /** Says a current event in the words of this revision: none, one or several. Keys that it does not have are dropped. */
  sayEvent(type: string, payload: unknown): readonly EventWords[];
}

interface ViewOptions {
  readonly definitions: readonly Definition[];
  readonly casts: readonly Cast[];
  readonly extensions: readonly ExtensionEntry[];
  readonly revision: number;
}

export function createRevisionView({ definitions, casts, extensions, revision }: ViewOptions): RevisionView {
  const requests = new Map<string, RequestView>();
  const events = new Map<string, EventView>();
  const bridges = casts.filter((cast) => cast.from >= revision).sort((one, other) => one.from - other.from);
  const derivations = { gateway: createDerivation(revision, 'gateway'), peer: createDerivation(revision, 'peer') };

  for (const definition of definitions) {
    if (!existsAt(definition, revision)) continue;
    const extension = extensions.find((entry) => entry.definitions.has(definition))?.id;
    if (definition.kind === 'event') {
      const payload = derivations.peer(definition.payload);
      events.set(definition.type, { definition, extension, payload, readPayload: reads(payload, 'payload') });
    } else {
      requests.set(definition.type, requestView(definition, extension, bridges, derivations));
    }
  }

  return {
    revision,
    requests,
    events,
    sayEvent(type, payload) {
      let words: readonly EventWords[] = [{ type, payload }];
      for (const bridge of bridges.toReversed()) {
        words = words.flatMap((word) => bridge.events[word.type]?.(word.payload as never) ?? [word]);
      }
      return words.flatMap((word) => {
        const view = events.get(word.type);
        return view === undefined ? [] : [{ ...word, payload: mustFit(view.payload, word.payload, 'payload') }];
      });
    },
  };
}

/** Whether a request or event exists at a revision. */
export function existsAt(definition: Definition, revision: number): boolean {
  return definition.since <= revision && revision <= (definition.until ?? Number.POSITIVE_INFINITY);
}

function requestView(
  definition: RequestDefinition,
  extension: string | undefined,
  bridges: readonly Cast[],
  derivations: Readonly<Record<Reader, Derivation>>,
): RequestView {
  const own = bridges.flatMap((bridge) => bridge.requests[definition.type] ?? []);
  const payload = own.find((cast) => cast.payload !== undefined)?.payload?.schema ?? definition.payload;
  const resultCast = own.find((cast) => cast.result !== undefined)?.result;
  const result = resultCast === undefined ? definition.result : resultCast.schema;
  const payloads = { gateway: derivations.gateway(payload), peer: derivations.peer(payload) };
  const results = {
    gateway: result === undefined ? undefined : derivations.gateway(result),
    peer: result === undefined ? undefined : derivations.peer(result),
  };
  const toPeer = definition.direction === 'to_peer';
  const received = toPeer
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
    up: upFrom(definition, own, bridges),
    down: downTo(own),
    downError(error) {
      for (const cast of own) {
        const answer = cast.error?.down(error);
        if (answer !== undefined) return inWordsOf(results.peer, answer);
      }
      return undefined;
    },
  };
}

/** What a cast answers in place of a refusal, as its reader knows it; `undefined` where it cannot be said. */
function inWordsOf(schema: Schema | undefined, answer: { readonly result: unknown }): { result: unknown } | undefined {
  if (schema === undefined) return answer;
  const reading = readAs(schema, answer.result, 'result');
  return reading.fits ? { result: reading.value } : undefined;
}

function reads(schema: Schema, root: string): (value: unknown) => Reading {
  return (value) => readAs(schema, value, root);
}

function upFrom(
  definition: RequestDefinition,
  own: readonly RequestCast[],
  bridges: readonly Cast[],
): RequestView['up'] {
  const steps = own.flatMap((cast) => (cast.payload === undefined ? [] : [cast.payload]));
  if (steps.length === 0) return unchanged;
  const current = schemaAt(definition.payload, bridges.at(-1)?.to ?? Number.POSITIVE_INFINITY, 'gateway');
  return (payload) => {
    const newer = steps.reduce((value, step) => step.up(value as never), payload);
    const reading = readAs(current, newer, 'payload');
    if (reading.fits) return reading.value;
    throw new ProtocolError('contract_error', reading.message, { details: { issues: reading.issues } });
  };
}

function downTo(own: readonly RequestCast[]): RequestView['down'] {
  const steps = own.flatMap((cast) => (cast.result === undefined ? [] : [cast.result]));
  return steps.length === 0
    ? unchanged
    : (result) => steps.reduceRight((value, step) => step.down(value as never), result);
}

function unchanged(value: unknown): unknown {
  return value;
}
