import type { OutboxRecord } from './outbox.ts';
import { samePayload } from './outgoing.ts';
import { createPendingRequest, type PendingRequest } from './pending-request.ts';
import type { RequestBook } from './request-book.ts';
import type { RequestKeeper } from './request-keeper.ts';
import { conflict, type Outcome } from './request-outcome.ts';

/** What an earlier process left in the storage, brought back before anything is sent. */
export interface EarlierRequests {
  /** Takes up what is left, once. @throws {ClientError} `storage_failed` */
  restore(): Promise<void>;
  /** The client ended: what is still left is taken up again when it begins anew. */
  reset(): void;
}

export function createEarlierRequests(
  keeper: RequestKeeper,
  book: RequestBook,
  settle: (pending: PendingRequest, outcome: Outcome) => void,
): EarlierRequests {
  let restored = false;
  /** It goes before anything of this process. */
  let nextOrder = Number.MIN_SAFE_INTEGER;

  function takeUp(record: OutboxRecord): void {
    const later = book.ofKey(record.type, record.idempotencyKey);
    const { requestId, type, payload, idempotencyKey } = record;
    const words = { requestId, type, payload, idempotencyKey, trace: undefined };
    const pending = createPendingRequest({ ...words, order: nextOrder++, hasEffect: true, kept: true });
    keeper.revive(pending, record);
    book.add(pending);
    book.enqueue(pending);
    if (later !== undefined) join(later, pending);
  }

  /** The same intention was asked anew before the storage was read: it is the earlier one that goes on. */
  function join(later: PendingRequest, earlier: PendingRequest): void {
    if (!samePayload(later.payload, earlier.payload)) return settle(later, { error: conflict(later.type) });
    for (const waiter of later.waiters) earlier.waiters.add(waiter);
    later.waiters.clear();
    book.drop(later);
    keeper.release(later);
  }

  return {
    async restore() {
      if (restored) return;
      const records = await keeper.left();
      restored = true;
      for (const record of records.filter(({ requestId }) => !book.has(requestId))) takeUp(record);
    },
    reset() {
      restored = false;
    },
  };
}
