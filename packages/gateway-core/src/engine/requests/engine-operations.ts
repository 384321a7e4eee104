import { type EventScope, ProtocolError, type RevisionView } from '@tyrum/contracts';
import type { Store } from '../../ports/store.ts';
import type { CursorAudience, CursorCodec } from '../events/cursor.ts';
import type { Delivery } from '../events/delivery.ts';
import { narrowTo } from '../events/subscription.ts';
import { contractError } from '../rights/admission.ts';
import type { LedgerRunner } from './ledger.ts';
import { type Outcome, sayOutcome } from './response.ts';

/** What the operations of the engine itself act on: a device, and its open connection if it has one. */
export interface EngineOperationTarget {
  readonly tenant: string;
  readonly deviceId: string;
  readonly view: RevisionView;
  /** Whether that is the newest revision. */
  readonly current: boolean;
  /** Absent for a call over HTTP. */
  readonly connection?: ConnectionTarget;
}

interface ConnectionTarget {
  /** Identity of the tenant's log. */
  readonly epoch: string;
  /** Whom the cursors of this connection were made for: its own audience, and those that it had before its rights changed. */
  readonly audiences: () => readonly CursorAudience[];
  readonly delivery: Delivery;
}

/** Answers `ping`, `events.*` and `request.status`. */
export function createEngineOperations(options: { store: Store; codec: CursorCodec; ledger: LedgerRunner }) {
  const { store, codec, ledger } = options;

  async function acknowledge(target: EngineOperationTarget, cursor: string): Promise<Outcome> {
    const { tenant, deviceId } = target;
    const { epoch, audiences, delivery } = connectionOf(target, 'events.ack');
    const read = audiences()
      .map((audience) => codec.read(cursor, audience))
      .find(({ valid }) => valid);
    if (!read?.valid || read.epoch !== epoch || !delivery.covers(read.position)) {
      throw contractError('events.ack', [{ path: ['payload', 'cursor'], message: 'was not sent on this connection' }]);
    }
    await store.transact(async (tx) => {
      const before = await tx.cursors.get(tenant, deviceId);
      const place = before === undefined ? undefined : codec.placeOf(before.cursor, tenant);
      // A place in another log does not hold the device; whoever it was for, one further on in this log does.
      if (place !== undefined && place.epoch === epoch && place.position > read.position) return;
      await tx.cursors.put(tenant, deviceId, { position: read.position, cursor });
    });
    delivery.acked(read.position);
    return nothing;
  }

  async function status(target: EngineOperationTarget, payload: StatusPayload): Promise<Outcome> {
    const key = payload.idempotency_key ?? payload.request_id;
    if (key === undefined) {
      throw contractError('request.status', [{ path: ['payload'], message: 'expected request_id or idempotency_key' }]);
    }
    const { tenant, deviceId, view, current } = target;
    const found = await ledger.status({ tenant, device: deviceId, type: payload.type, key });
    const response =
      found.outcome === undefined ? '' : `,"response":{${sayOutcome(found.outcome, payload.type, view, current)}}`;
    return { ok: true, result: `{"status":"${found.status}"${response}}` };
  }

  return async function engineOperation(
    target: EngineOperationTarget,
    type: string,
    payload: unknown,
  ): Promise<Outcome> {
    switch (type) {
      case 'ping':
        return nothing;
      case 'events.ack':
        return acknowledge(target, (payload as { cursor: string }).cursor);
      case 'events.subscribe': {
        const { types, scopes } = payload as { types?: readonly string[]; scopes?: readonly EventScope[] };
        connectionOf(target, type).delivery.subscribe(narrowTo(types, scopes));
        return nothing;
      }
      case 'request.status':
        return status(target, payload as StatusPayload);
      default:
        throw new ProtocolError('unsupported_operation', `${type} is not an operation of an open connection`);
    }
  };
}

function connectionOf({ connection }: EngineOperationTarget, type: string): ConnectionTarget {
  if (connection !== undefined) return connection;
  throw new ProtocolError('unsupported_operation', `${type} is about an open connection; there is none over HTTP`);
}

interface StatusPayload {
  readonly type: string;
  readonly request_id?: string;
  readonly idempotency_key?: string;
}

const nothing: Outcome = { ok: true, result: undefined };
