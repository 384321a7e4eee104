import type { PendingRequest } from './pending-request.ts';

/** Every pending request, where it stands, and in which order it is to be sent. It decides nothing. */
export interface RequestBook {
  readonly size: number;
  /** How many are in flight on the present connection. */
  readonly inFlight: number;
  all(): readonly PendingRequest[];
  add(pending: PendingRequest): void;
  has(requestId: string): boolean;
  /** The one that stands for an idempotency key. */
  ofKey(type: string, idempotencyKey: string | undefined): PendingRequest | undefined;
  /** Lets it stand for its key, instead of a later one. */
  claimKey(pending: PendingRequest): void;
  /** Puts it among those to be sent, at its place. */
  enqueue(pending: PendingRequest): void;
  /** The next to be sent. */
  head(): PendingRequest | undefined;
  /** It went out under this id. */
  markSent(pending: PendingRequest, wireId: string): void;
  /** The one in flight that a response answers, which is no longer in flight then; its type may be unreadable. */
  takeSent(type: string | undefined, wireId: string): PendingRequest | undefined;
  /** The connection ended: what was in flight is to be sent again. */
  requeueSent(): readonly PendingRequest[];
  /** It has settled. */
  drop(pending: PendingRequest): void;
}

export function createRequestBook(): RequestBook {
  const byId = new Map<string, PendingRequest>();
  const byKey = new Map<string, PendingRequest>();
  /** By type and the id on the wire. */
  const sent = new Map<string, PendingRequest>();
  let queue: PendingRequest[] = [];

  function claimKey(pending: PendingRequest): void {
    if (pending.idempotencyKey !== undefined) byKey.set(keyOf(pending.type, pending.idempotencyKey), pending);
  }

  function enqueue(pending: PendingRequest): void {
    pending.state = 'queued';
    let at = queue.length;
    while (at > 0 && (queue[at - 1] as PendingRequest).order > pending.order) at -= 1;
    queue.splice(at, 0, pending);
  }

  function leaveQueue(pending: PendingRequest): void {
    if (queue[0] === pending) queue.shift();
    else queue = queue.filter((other) => other !== pending);
  }

  return {
    get size() {
      return byId.size;
    },
    get inFlight() {
      return sent.size;
    },
    all: () => [...byId.values()],
    add(pending) {
      byId.set(pending.requestId, pending);
      claimKey(pending);
    },
    has: (requestId) => byId.has(requestId),
    ofKey: (type, key) => (key === undefined ? undefined : byKey.get(keyOf(type, key))),
    claimKey,
    enqueue,
    head: () => queue[0],
    markSent(pending, wireId) {
      leaveQueue(pending);
      pending.state = 'sent';
      pending.wireKey = keyOf(pending.type, wireId);
      sent.set(pending.wireKey, pending);
    },
    takeSent(type, wireId) {
      const key =
        type === undefined ? [...sent.keys()].find((each) => each.endsWith(` ${wireId}`)) : keyOf(type, wireId);
      const pending = key === undefined ? undefined : sent.get(key);
      if (pending !== undefined) sent.delete(pending.wireKey);
      return pending;
    },
    requeueSent() {
      const again = [...sent.values()];
      sent.clear();
      again.forEach(enqueue);
      return again;
    },
    drop(pending) {
      pending.cancelTimer();
      if (pending.state === 'queued') leaveQueue(pending);
      if (pending.state === 'sent') sent.delete(pending.wireKey);
      pending.state = 'settled';
      byId.delete(pending.requestId);
      const key = pending.idempotencyKey === undefined ? '' : keyOf(pending.type, pending.idempotencyKey);
      if (byKey.get(key) === pending) byKey.delete(key);
    },
  };
}

function keyOf(type: string, id: string): string {
  return `${type} ${id}`;
}
