import type { Definition } from '../define/operation.ts';

/** What people read of a definition. */
export interface Prose {
  readonly summary: string;
  readonly example: NonNullable<Definition['example']>;
}

/** @throws {TypeError} for a contract of the build for browsers, which has no prose. */
export function proseOf({ kind, type, summary, example }: Definition): Prose {
  if (summary === undefined || example === undefined) {
    throw new TypeError(`${kind} ${type} has no prose: this is the contract as it is built for browsers`);
  }
  return { summary, example };
}
