import type { Viewer } from '../truth/audience.ts';

/** What a client was told of its events when a handshake was complete. */
export interface ReceivedRecovery {
  readonly revision: number;
  /** At revision 2 nothing is told: its peers begin afresh each time. */
  readonly outcome: 'fresh' | 'resumed' | 'snapshot_required';
  readonly reason: string | undefined;
  /** Where its events go on; `undefined` at revision 2. */
  readonly cursor: string | undefined;
  readonly viewer: Viewer | undefined;
}
