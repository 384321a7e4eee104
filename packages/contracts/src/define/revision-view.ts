import { ProtocolError } from '../protocol-error.ts';
import type { Cast, EventWords, RequestCast } from './cast.ts';
import type { RequestDefinition, Schema } from './operation.ts';
import { mustFit, readAs } from './read-as.ts';
import { schemaAt } from './schema-at.ts';
import { bridgesFrom, createShapes, type EventView, type RequestShapes, type ShapesOptions } from './shapes.ts';

/** What a request looks like at one revision, and the way to and from the words that handlers speak. */
export interface RequestView extends RequestShapes {
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

/** A contract at one revision. */
export interface RevisionView {
  readonly revision: number;
  readonly requests: ReadonlyMap<string, RequestView>;
  readonly events: ReadonlyMap<string, EventView>;
  /** Says a current event in the words of this revision: none, one or several. Keys that it does not have are dropped. */
  sayEvent(type: string, payload: unknown): readonly EventWords[];
}

/** The shapes of a contract at one revision, and the way between its words and those that handlers speak. */
export function createRevisionView(options: ShapesOptions & { readonly casts: readonly Cast[] }): RevisionView {
  const { revision, requests, events } = createShapes(options);
  const bridges = bridgesFrom(revision, options.casts);
  return {
    revision,
    requests: new Map([...requests].map(([type, shapes]) => [type, { ...shapes, ...waysOf(shapes, bridges) }])),
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

function waysOf(
  { definition, results }: RequestShapes,
  bridges: readonly Cast[],
): Pick<RequestView, 'up' | 'down' | 'downError'> {
  const own = bridges.flatMap((bridge) => bridge.requests[definition.type] ?? []);
  return {
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
