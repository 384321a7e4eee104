import { type EventScope, ProtocolError } from '@tyrum/contracts';
import type { Store } from '../ports/store.ts';
import type { CursorAudience, CursorCodec } from './cursor.ts';
import type { Delivery } from './delivery.ts';
import type { LedgerRunner } from './ledger.ts';
import { errorBody, type Outcome } from './response.ts';
import { narrowTo } from './subscription.ts';

/** What the operations of the engine itself act on: one open connection. */
export interface EngineOperationTarget {
  readonly tenant: string;
  readonly deviceId: string;
  readonly revision: number;
  readonly audience: () => CursorAudience;
  readonly delivery: Delivery;
}

/** Answers `ping`, `events.*` and `request.status`. */
export function createEngineOperations(options: { store: Store; codec: CursorCodec; ledger: LedgerRunner }) {
  const { store, codec, ledger } = options;

  async function acknowledge(target: EngineOperationTarget, cursor: string): Promise<Outcome> {
    const read = codec.read(cursor, target.audience());
    if (!read.valid || !target.delivery.covers(read.position)) {
      throw new ProtocolError('contract_error', 'events.ack: cursor was not sent on this connection', {
        details: { issues: [{ path: ['payload', 'cursor'], message: 'expected a cursor that was sent on this connection' }] },
      });
    }
    const { tenant, deviceId } = target;
    await store.transact(async (tx) => {
      const before = await tx.cursors.get(tenant, deviceId);
      const older = before === undefined ? undefined : codec.read(before.cursor, target.audience());
      // An earlier place in the same log does not move the device back; a cursor of another log does not hold it.
      if (older?.valid && older.epoch === read.epoch && older.position >= read.position) return;
      await tx.cursors.put(tenant, deviceId, { position: read.position, cursor });
    });
    target.delivery.acked(read.position);
    return nothing;
  }

  async function status(target: EngineOperationTarget, payload: StatusPayload): Promise<Outcome> {
    const key = payload.idempotency_key ?? payload.request_id;
    if (key === undefined) {
      throw new ProtocolError('contract_error', 'request.status: expected request_id or idempotency_key', {
        details: { issues: [{ path: ['payload'], message: 'expected request_id or idempotency_key' }] },
      });
    }
    const found = await ledger.status({ tenant: target.tenant, device: target.deviceId, type: payload.type, key });
    if (found.outcome === undefined) return { ok: true, result: JSON.stringify({ status: found.status }) };
    const response = found.outcome.ok
      ? { ok: true, ...(found.outcome.result === undefined ? {} : { result: JSON.parse(found.outcome.result) }) }
      : { ok: false, error: errorBody(found.outcome.error, target.revision) };
    return { ok: true, result: JSON.stringify({ status: found.status, response }) };
  }

  return async function engineOperation(target: EngineOperationTarget, type: string, payload: unknown): Promise<Outcome> {
    switch (type) {
      case 'ping':
        return nothing;
      case 'events.ack':
        return acknowledge(target, (payload as { cursor: string }).cursor);
      case 'events.subscribe': {
        const { types, scopes } = payload as { types?: readonly string[]; scopes?: readonly EventScope[] };
        target.delivery.subscribe(narrowTo(types, scopes));
        return nothing;
      }
      case 'request.status':
        return status(target, payload as StatusPayload);
      default:
        throw new ProtocolError('unsupported_operation', `${type} is not an operation of an open connection`);
    }
  };
}

interface StatusPayload {
  readonly type: string;
  readonly request_id?: string;
  readonly idempotency_key?: string;
}

const nothing: Outcome = { ok: true, result: undefined };
