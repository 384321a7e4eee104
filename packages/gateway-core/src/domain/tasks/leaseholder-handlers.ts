import { ProtocolError, type Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { jsonBytes, MOST_EVIDENCE_BYTES } from '../json-size.ts';
import { contractError, notFound } from '../refusals.ts';
import { type TenantUnit, unitOf } from '../tenant-unit.ts';
import type { TaskDispatcher } from './task-dispatcher.ts';
import { dispatches, findTask, type TaskRecord } from './task-records.ts';
import { saveTask, taskScope } from './task-transitions.ts';

type NodeTaskHandlers = Pick<Handlers<Tyrum>, 'task.progress' | 'attempt.evidence'>;

export interface LeaseholderServices {
  readonly dispatcher: TaskDispatcher;
  readonly alarms: Alarms;
  readonly leaseMs: number;
}

/** What a node says about a dispatch that it holds. */
export function leaseholderHandlers({ dispatcher, alarms, leaseMs }: LeaseholderServices): NodeTaskHandlers {
  return {
    async 'task.progress'(progress, context) {
      const unit = unitOf(context);
      const record = await heldBy(unit, context.caller.deviceId, progress.dispatch_id);
      const left = Date.parse(record.task.lease_expires_at ?? '') - unit.now;
      // A node may tell often; what is kept changes only when it has to.
      if (record.adoptable || !(left > leaseMs / 2)) await dispatcher.renew(unit, record);
      unit.events.emit('task.progress', progress, taskScope(record.task));
    },

    async 'attempt.evidence'({ dispatch_id, turn_id, evidence }, context) {
      const unit = unitOf(context);
      const node_id = context.caller.deviceId;
      const bytes = jsonBytes(evidence);
      if (bytes === 0 || bytes > MOST_EVIDENCE_BYTES) {
        throw contractError(['payload', 'evidence'], `expected 1 to ${MOST_EVIDENCE_BYTES} bytes of JSON`);
      }
      const record = await heldBy(unit, node_id, dispatch_id);
      const { task } = record;
      if (turn_id !== undefined && turn_id !== task.turn_id) {
        throw contractError(['payload', 'turn_id'], 'expected the turn of the dispatch');
      }
      const turn = task.turn_id === undefined ? {} : { turn_id: task.turn_id };
      await unit.events.append('attempt.evidence', { node_id, ...turn, dispatch_id, evidence }, taskScope(task));
      await saveTask(unit, alarms, { ...record, task: { ...task, evidence } });
    },
  };
}

/**
 * The task of a dispatch that this node holds [AZ-13].
 *
 * @throws {ProtocolError} `not_found` for a dispatch that it was never given; `invalid_state` for one that has ended or was
 * given to another node since
 */
export async function heldBy(
  { tx, tenant }: Pick<TenantUnit, 'tx' | 'tenant'>,
  nodeId: string,
  dispatchId: string,
): Promise<TaskRecord> {
  const dispatch = await tx.documents.get(tenant, dispatches, dispatchId);
  if (dispatch?.value.node_id !== nodeId) throw notFound('dispatch', dispatchId);
  const record = await findTask(tx, tenant, dispatch.value.task_id);
  if (record === undefined) throw notFound('dispatch', dispatchId);
  const { task } = record;
  if (task.status !== 'dispatched' || task.dispatch_id !== dispatchId) {
    const status = task.dispatch_id === dispatchId ? task.status : 'given to another node';
    throw new ProtocolError('invalid_state', `the dispatch is not held any more: it is ${status}`, {
      details: { status },
    });
  }
  return record;
}
