import type { Decoded, Spoken } from '@tyrum/contracts';
import type { ResolvedOptions } from './client-options.ts';
import type { IncomingRequests } from './serving/incoming-requests.ts';

/** What an entry of this package puts a client together from: they differ in how much they check, and so in their size. */
export interface Parts {
  readonly contract: Spoken;
  /** Reads a frame of the gateway. Never throws. */
  readonly decode: (text: string, revision: number) => Decoded;
  /** Makes what answers the gateway's requests; `onIdle` is told that the last one that ran was answered. */
  readonly serve: (options: ResolvedOptions, onIdle: () => void) => IncomingRequests;
}
