import type { ExtensionEntry, Hashes } from './contract.ts';
import type { EventDefinition, RequestDefinition } from './operation.ts';
import type { Reading } from './read-as.ts';

/**
 * What a peer needs of a contract to speak it: who sends what, and how a message is read. Every `Contract` is one. What only
 * its definition and its judgement need is not in it, so that a browser need not load that.
 */
export interface Spoken {
  readonly name: string;
  /** Ascending. */
  readonly served: readonly number[];
  readonly hashes: Hashes;
  readonly extensions: readonly Pick<ExtensionEntry, 'id' | 'hashes'>[];
  readonly definitions: readonly (SpokenRequestDefinition | SpokenEventDefinition)[];
  /** @throws {RangeError} for a revision it does not have. */
  at(revision: number): SpokenView;
}

export type SpokenRequestDefinition = Pick<
  RequestDefinition,
  'kind' | 'type' | 'direction' | 'roles' | 'effect' | 'since'
>;
export type SpokenEventDefinition = Pick<EventDefinition, 'kind' | 'type' | 'kept' | 'since'>;

/** A contract at one revision, as a peer speaks it. */
export interface SpokenView {
  readonly revision: number;
  readonly requests: Lookup<SpokenRequest>;
  readonly events: Lookup<SpokenEvent>;
}

/** What is known by a type, at least as much of a map. */
type Lookup<Of> = Pick<ReadonlyMap<string, Of>, 'get' | 'has'>;

export interface SpokenRequest {
  readonly definition: SpokenRequestDefinition;
  /** The extension it belongs to; `undefined` for the base contract. */
  readonly extension: string | undefined;
  /** Reads the payload as its receiver does, with paths from `payload` on. */
  readonly readPayload: (payload: unknown) => Reading;
  /** Reads the result as its receiver does, with paths from `result` on; `undefined` for a void one. */
  readonly readResult: ((result: unknown) => Reading) | undefined;
}

export interface SpokenEvent {
  readonly definition: SpokenEventDefinition;
  readonly extension: string | undefined;
  readonly readPayload: (payload: unknown) => Reading;
}
