import type { ErrorFrameBody } from '@tyrum/contracts';
import type { Awaitable } from './crypto.ts';

/** How a remote request ended, as it is answered every time it is asked again. */
export type JournalOutcome =
  | { readonly ok: true; readonly result?: unknown }
  | { readonly ok: false; readonly error: ErrorFrameBody };

/** What a journal says of one request: begun and never finished, or finished with this outcome. */
export type JournalEntry =
  | { readonly state: 'started' }
  | { readonly state: 'finished'; readonly outcome: JournalOutcome };

/** A node's memory of what it was asked to do: what makes a repeated request happen once. */
export interface Journal {
  /** Whether it remembers across a restart of the process. */
  readonly durable: boolean;
  find(key: string): Awaitable<JournalEntry | undefined>;
  /** Resolves once it would be found again; the work begins after that. */
  start(key: string): Awaitable<void>;
  /** Resolves once it would be found again; the answer leaves after that. */
  finish(key: string, outcome: JournalOutcome): Awaitable<void>;
}
