import type { Hashes } from '../define/contract.ts';
import type {
  Spoken,
  SpokenEvent,
  SpokenEventDefinition,
  SpokenRequest,
  SpokenRequestDefinition,
  SpokenView,
} from '../define/spoken.ts';

/** What the definitions of a contract say beside the shapes of its messages; those that say the same are one row. */
export interface Facts {
  readonly name: string;
  readonly served: readonly number[];
  readonly requests: readonly Row<RequestFacts>[];
  readonly events: readonly Row<EventFacts>[];
}

type Row<Of> = Omit<Of, 'kind' | 'type'> & { readonly types: readonly string[] };

/** `isVoid`: its result says nothing. */
export type RequestFacts = SpokenRequestDefinition & Life & { readonly isVoid?: true };
export type EventFacts = SpokenEventDefinition & Life;

interface Life {
  readonly until?: number;
}

/** How the messages of a contract are read at one revision. */
export interface Readers {
  request(facts: RequestFacts, revision: number): Pick<SpokenRequest, 'readPayload' | 'readResult'>;
  event(facts: EventFacts, revision: number): Pick<SpokenEvent, 'readPayload'>;
}

/** A contract as a peer speaks it, made of what was written down about it when it was published. */
export function speak(facts: Facts, hashes: Hashes, readers: Readers): Spoken {
  const { name, served } = facts;
  const requests = facts.requests.flatMap(({ types, ...said }) =>
    types.map((type) => ({ kind: 'request' as const, type, ...said })),
  );
  const events = facts.events.flatMap(({ types, ...said }) =>
    types.map((type) => ({ kind: 'event' as const, type, ...said })),
  );
  const views = new Map<number, SpokenView>();
  return {
    name,
    served,
    hashes,
    extensions: [],
    definitions: [...requests, ...events],
    at(revision) {
      if (!served.includes(revision)) throw new RangeError(`contract ${name} does not serve revision ${revision}`);
      const view = views.get(revision) ?? {
        revision,
        requests: viewed(requests, revision, readers.request),
        events: viewed(events, revision, readers.event),
      };
      views.set(revision, view);
      return view;
    },
  };
}

/** Those that exist at a revision, by type. */
function viewed<Of extends RequestFacts | EventFacts, Reads>(
  definitions: readonly Of[],
  revision: number,
  readersOf: (facts: Of, revision: number) => Reads,
): ReadonlyMap<string, Reads & { readonly definition: Of; readonly extension: undefined }> {
  const living = definitions.filter(({ since, until = revision }) => since <= revision && revision <= until);
  return new Map(
    living.map((definition) => [
      definition.type,
      { definition, extension: undefined, ...readersOf(definition, revision) },
    ]),
  );
}
