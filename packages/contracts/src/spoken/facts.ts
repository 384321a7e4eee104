import type { SpokenEventDefinition, SpokenRequestDefinition } from '../define/spoken.ts';

/** What the definitions of a contract say beside the shapes of its messages; those that say the same are one row. */
export interface Facts {
  readonly name: string;
  readonly served: readonly number[];
  readonly requests: readonly Row<SpokenRequestDefinition>[];
  readonly events: readonly Row<SpokenEventDefinition>[];
}

type Row<Of> = Omit<Of, 'kind' | 'type'> & Life & { readonly types: readonly string[] };

/** The last revision that has a request or an event, where it ended. */
export interface Life {
  readonly until?: number;
}
