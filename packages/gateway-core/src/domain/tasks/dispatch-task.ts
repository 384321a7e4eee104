import { type Random, randomUuid, type Task } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import { mayBeAsked, pairingOf } from '../pairings/pairing-records.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { dispatches, findTask, type TaskRecord } from './task-records.ts';
import { endTask, PAST_DEADLINE, saveTask } from './task-transitions.ts';

export interface DispatchOptions {
  readonly alarms: Alarms;
  readonly random: Random;
  readonly leaseMs: number;
}

/**
 * Marks a task as given to a node, before it is sent: what a crash leaves behind is a dispatch that may have been sent, never
 * one that nobody knows of.
 *
 * The same node gets the same dispatch again. Another one gets it only where a capability was asked for and the lease has
 * ended, and then as a new dispatch. Resolves with `undefined` where the task is not, or not any more, this node's to do.
 */
export async function dispatchTask(
  unit: TenantUnit,
  options: DispatchOptions,
  taskId: string,
  nodeId: string,
): Promise<TaskRecord | undefined> {
  const record = await findTask(unit.tx, unit.tenant, taskId);
  if (record === undefined || !isFor(record, nodeId)) return undefined;
  const { task } = record;
  const refusal = await refusalOf(unit, record, nodeId);
  if (refusal !== undefined) {
    // A task for this node alone waits for nothing any more. One for a capability may still be another node's.
    if (refusal.code === 'timeout' || record.addressed === 'node') {
      const { status, code, message } = refusal;
      await endTask(unit, options.alarms, record, { status, error: { code, message } });
    }
    return undefined;
  }

  const earlier = task.status === 'dispatched' && task.node_id === nodeId ? task.dispatch_id : undefined;
  const dispatch_id = earlier ?? randomUuid(options.random);
  const dispatched: Task = {
    ...task,
    status: 'dispatched',
    node_id: nodeId,
    dispatch_id,
    attempt: earlier === undefined ? 1 : task.attempt + 1,
    lease_expires_at: wireTime(unit.now + options.leaseMs),
  };
  if (earlier === undefined) {
    await unit.tx.documents.put(unit.tenant, dispatches, dispatch_id, { task_id: taskId, node_id: nodeId }, 0);
  }
  return saveTask(unit, options.alarms, { ...record, task: dispatched, adoptable: false });
}

/** Whether a node may be given a task as it stands, apart from what its pairing allows. */
function isFor({ task, addressed, adoptable }: TaskRecord, nodeId: string): boolean {
  if (task.status === 'dispatched' && task.node_id === nodeId) return true;
  if (addressed === 'node') return task.status === 'queued' && task.node_id === nodeId;
  return task.status === 'queued' || (task.status === 'dispatched' && adoptable);
}

interface Refusal {
  readonly status: 'failed' | 'outcome_unknown';
  readonly code: 'timeout' | 'forbidden' | 'outcome_unknown';
  readonly message: string;
}

async function refusalOf(
  { tx, tenant, now }: TenantUnit,
  { task }: TaskRecord,
  nodeId: string,
): Promise<Refusal | undefined> {
  if (task.deadline_at !== null && Date.parse(task.deadline_at) <= now) return { status: 'failed', ...PAST_DEADLINE };
  const pairing = await pairingOf(tx, tenant, nodeId);
  if (pairing !== undefined && mayBeAsked(pairing, task.capability)) return undefined;
  const what = task.capability ?? 'anything';
  // What was sent once may have been done: that it may not be asked again must not hide that.
  return task.status === 'queued'
    ? { status: 'failed', code: 'forbidden', message: `the node may not be asked for ${what} any more` }
    : {
        status: 'outcome_unknown',
        code: 'outcome_unknown',
        message: 'the node may not be asked again whether it did it',
      };
}

/** What a node is sent. */
export function executePayload({ task }: TaskRecord, now: number) {
  const { turn_id, dispatch_id, action, lease_expires_at, attempt, deadline_at } = task;
  return {
    ...(turn_id === undefined ? {} : { turn_id }),
    dispatch_id,
    action,
    ...(lease_expires_at === null ? {} : { lease_expires_at }),
    attempt,
    ...(deadline_at === null ? {} : { deadline_ms: Math.max(1, Date.parse(deadline_at) - now) }),
  };
}
