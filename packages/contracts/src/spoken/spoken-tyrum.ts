import type { Reading } from '../define/read-as.ts';
import type { Reader } from '../define/schema-at.ts';
import type {
  Spoken,
  SpokenEvent,
  SpokenEventDefinition,
  SpokenRequest,
  SpokenRequestDefinition,
} from '../define/spoken.ts';
import { REVISION_HASHES } from '../revision-hashes.gen.ts';
import { TYRUM_FACTS } from './facts.gen.ts';
import type { Life } from './facts.ts';
import { readShape } from './read-shape.ts';
import type { RequestShapes, Shape } from './shape.ts';
import { EVENT_SHAPES, REQUEST_SHAPES } from './shapes.gen.ts';

/**
 * The contract that this project ships, for a peer that speaks it as it is. It was judged when it was published, and a peer casts
 * nothing: what judges and what casts is not loaded with it, and neither is zod.
 */
export const spokenTyrum = /* @__PURE__ */ spoken();

function spoken() {
  const { name, served } = TYRUM_FACTS;
  const requests = TYRUM_FACTS.requests.flatMap(({ types, ...facts }) =>
    types.map((type) => ({ kind: 'request' as const, type, ...facts })),
  );
  const events = TYRUM_FACTS.events.flatMap(({ types, ...facts }) =>
    types.map((type) => ({ kind: 'event' as const, type, ...facts })),
  );
  const viewAt = (revision: number) => ({
    revision,
    requests: viewOf(requests, revision, requestAt),
    events: viewOf(events, revision, eventAt),
  });
  const views = new Map<number, ReturnType<typeof viewAt>>();
  return {
    name,
    served,
    hashes: REVISION_HASHES,
    extensions: [],
    definitions: [...requests, ...events],
    at(revision: number) {
      if (!served.includes(revision)) throw new RangeError(`contract ${name} does not serve revision ${revision}`);
      const view = views.get(revision) ?? viewAt(revision);
      views.set(revision, view);
      return view;
    },
  } satisfies Spoken;
}

/** What exists at a revision, by type. */
function viewOf<Definition extends Life & { readonly type: string; readonly since: number }, View>(
  definitions: readonly Definition[],
  revision: number,
  at: (definition: Definition, revision: number) => View,
): ReadonlyMap<string, View> {
  const living = definitions.filter(({ since, until = revision }) => since <= revision && revision <= until);
  return new Map(living.map((definition) => [definition.type, at(definition, revision)]));
}

function requestAt(definition: SpokenRequestDefinition, revision: number): SpokenRequest {
  const shapes = REQUEST_SHAPES[definition.type] as RequestShapes;
  const { payload, result } = shapes.before !== undefined && revision <= shapes.before.until ? shapes.before : shapes;
  // The payload is read by who receives it, and the result by the other side.
  const [one, other] =
    definition.direction === 'to_peer' ? (['peer', 'gateway'] as const) : (['gateway', 'peer'] as const);
  return {
    definition,
    extension: undefined,
    readPayload: reads(payload, 'payload', revision, one),
    readResult: result && reads(result, 'result', revision, other),
  };
}

function eventAt(definition: SpokenEventDefinition, revision: number): SpokenEvent {
  const shape = EVENT_SHAPES[definition.type] as Shape;
  return { definition, extension: undefined, readPayload: reads(shape, 'payload', revision, 'peer') };
}

function reads(shape: Shape, root: string, revision: number, reader: Reader): (value: unknown) => Reading {
  const circumstances = { revision, reader };
  return (value) => readShape(shape, value, root, circumstances);
}
