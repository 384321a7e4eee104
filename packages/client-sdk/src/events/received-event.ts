import type { EventFrame, EventScope, RecoveryReason, SpokenEvent } from '@tyrum/contracts';
import { ClientError } from '../client-error.ts';

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

/** Reads the payload of an event, tolerantly: keys that this client does not know are dropped. */
export function readEvent(frame: EventFrame, view: SpokenEvent): ReceivedEvent | ClientError {
  const { type, payload, event_id: eventId, occurred_at: occurredAt, scope, cursor } = frame;
  const reading = view.readPayload(payload);
  if (!reading.fits) {
    return new ClientError('invalid_message', `event ${type} does not fit the contract: ${reading.message}`, {
      details: { eventId, issues: reading.issues },
    });
  }
  return {
    type,
    payload: reading.value,
    eventId,
    occurredAt,
    ...(scope === undefined ? {} : { scope }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
