import type { RequestWords } from './outgoing.ts';
import type { Waiter } from './waiter.ts';

/** A request from the call until it has settled, across connections. */
export interface PendingRequest extends RequestWords {
  /** Requests are sent in this order. */
  readonly order: number;
  /** Whether a repeat past the ledger's window could happen twice. */
  readonly hasEffect: boolean;
  /** Whether it is kept in the storage until it has settled. */
  readonly kept: boolean;
  readonly waiters: Set<Waiter>;
  /** `queued`: to be sent; `sent`: on this connection; `resting`: refused for now, until its timer. */
  state: 'queued' | 'sent' | 'resting' | 'settled';
  /** What the storage has of it: nothing yet, a write under way, the request, or the request as possibly sent. */
  stored: 'nothing' | 'writing' | 'unsent' | 'sent';
  /** Whether it was ever sent. */
  everSent: boolean;
  /** Whether it was sent and the answer never came: then it may have had its effect, whatever a repeat is answered. */
  unanswered: boolean;
  /** Its type and id on the wire of the connection on which it was sent last. */
  wireKey: string;
  /** After this moment, in `elapsed` milliseconds, a repeat would no longer be recognised. */
  resendUntil: number | undefined;
  /** The revision at which its payload was checked. */
  checkedAt: number | undefined;
  retries: number;
  cancelTimer: () => void;
}

/** A request that was not sent yet. */
export function createPendingRequest(
  facts: RequestWords & Pick<PendingRequest, 'order' | 'hasEffect' | 'kept'>,
): PendingRequest {
  return {
    ...facts,
    waiters: new Set(),
    state: 'queued',
    stored: 'nothing',
    everSent: false,
    unanswered: false,
    wireKey: '',
    resendUntil: undefined,
    checkedAt: undefined,
    retries: 0,
    cancelTimer: () => {},
  };
}
