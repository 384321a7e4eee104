import type { EventScope, RecoveryReason } from '@tyrum/contracts';

/** One event as the application gets it, its payload checked. */
export interface ReceivedEvent {
  readonly type: string;
  readonly payload: unknown;
  /** The same each time the event is sent; the application never gets the same one twice. */
  readonly eventId: string;
  /** ISO 8601. */
  readonly occurredAt: string;
  readonly scope?: EventScope;
  /** Its place in the log; absent for what is not in the log, and at revision 2. */
  readonly cursor?: string;
}

/**
 * Why events were missed. The gateway's own reasons, and `not_resumable`: this connection or the one before it spoke revision 2,
 * which cannot resume.
 */
export type SnapshotReason = RecoveryReason | 'not_resumable';
