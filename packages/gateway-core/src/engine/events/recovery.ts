import type { Recovery } from '@tyrum/contracts';
import type { LogReader, LogState } from '../../ports/store.ts';
import { type CursorAudience, type CursorCodec, headOf, markOf } from './cursor.ts';

export interface RecoveryPlan {
  readonly recovery: Recovery;
  /** Events after this position are delivered. */
  readonly position: number;
  /** The place half of the cursor at that position: where the chain of `prev` begins. */
  readonly placeHalf: string;
}

interface Wish {
  readonly tenant: string;
  readonly audience: CursorAudience;
  readonly state: LogState;
  /** The cursor that the peer wants to resume from; `undefined` when it asked for nothing or has none stored. */
  readonly cursor: string | undefined;
}

/** Decides what becomes of a wish to resume: from there, afresh, or with a snapshot and the true reason why. */
export async function planRecovery(codec: CursorCodec, log: LogReader, wish: Wish): Promise<RecoveryPlan> {
  const { tenant, audience, state, cursor } = wish;
  const atHead = { position: state.head, placeHalf: codec.placeHalf(headOf(tenant, state)) };
  if (cursor === undefined) return { recovery: { outcome: 'fresh' }, ...atHead };

  const read = codec.read(cursor, audience);
  if (!read.valid) return { recovery: { outcome: 'snapshot_required', reason: read.reason }, ...atHead };
  if (read.epoch !== state.epoch || read.position > state.head) {
    return { recovery: { outcome: 'snapshot_required', reason: 'epoch_changed' }, ...atHead };
  }
  if (read.position < state.floor) return { recovery: { outcome: 'snapshot_required', reason: 'trimmed' }, ...atHead };
  const eventId = await eventIdAt(log, tenant, state, read.position);
  if (eventId === undefined) return { recovery: { outcome: 'snapshot_required', reason: 'trimmed' }, ...atHead };
  // The same number under another event: this log has another history, a restored backup for instance.
  if (markOf(eventId) !== read.mark)
    return { recovery: { outcome: 'snapshot_required', reason: 'epoch_changed' }, ...atHead };
  return {
    recovery: { outcome: 'resumed' },
    position: read.position,
    placeHalf: codec.placeHalf({ tenant, epoch: state.epoch, position: read.position, eventId }),
  };
}

async function eventIdAt(
  log: LogReader,
  tenant: string,
  state: LogState,
  position: number,
): Promise<string | undefined> {
  if (position === state.head) return state.headEventId;
  if (position === state.floor) return state.floorEventId;
  const [event] = await log.read(tenant, position - 1, 1);
  return event?.position === position ? event.eventId : undefined;
}
