import type { Clock } from '@tyrum/contracts';
import { DEFAULT_LIMITS } from '@tyrum/contracts/spoken';
import type { Outbox, OutboxRecord } from './outbox.ts';
import type { PendingRequest } from './pending-request.ts';

/** Keeps requests in the outbox while they are pending, and brings back what an earlier process left there. */
export interface RequestKeeper {
  /**
   * Resolves once it is stored; `sending`: it may be on the wire at any moment after, where the gateway recognises it for
   * `windowMs`. @throws {ClientError} `storage_failed`
   */
  keep(pending: PendingRequest, sending: boolean, windowMs: number | undefined): Promise<void>;
  /** It has settled. */
  release(pending: PendingRequest): void;
  /** @throws {ClientError} `storage_failed` */
  left(): Promise<readonly OutboxRecord[]>;
  /** Says of a request what its record tells about its past. */
  revive(pending: PendingRequest, record: OutboxRecord): void;
}

export function createRequestKeeper(
  outbox: Outbox,
  clock: Clock,
  onError: (error: unknown, where: string) => void,
): RequestKeeper {
  return {
    async keep(pending, sending, windowMs = DEFAULT_LIMITS.ledger_window_ms) {
      const { requestId, type, payload, idempotencyKey } = pending;
      const sent = sending ? { sentAt: clock.now(), windowMs } : {};
      pending.stored = 'writing';
      await outbox.put({ requestId, type, payload, idempotencyKey, ...sent });
      pending.stored = sending ? 'sent' : 'unsent';
    },
    release({ kept, requestId }) {
      if (kept) outbox.remove(requestId).catch((error: unknown) => onError(error, 'removing a settled request'));
    },
    left: () => outbox.load(),
    revive(pending, { sentAt, windowMs = DEFAULT_LIMITS.ledger_window_ms }) {
      pending.stored = sentAt === undefined ? 'unsent' : 'sent';
      pending.everSent = sentAt !== undefined;
      pending.unanswered = pending.everSent;
      pending.resendUntil = sentAt === undefined ? undefined : clock.elapsed() + sentAt + windowMs - clock.now();
    },
  };
}
