import { type Action, orderedUuid, ProtocolError, type Random, type Trace } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import { jsonBytes, MOST_ACTION_BYTES } from '../json-size.ts';
import { mayBeAsked, pairingOf } from '../pairings/pairing-records.ts';
import { contractError, notFound } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import type { TaskRecord } from './task-records.ts';
import { saveTask } from './task-transitions.ts';

export interface NewTask {
  readonly action: Action;
  readonly nodeId?: string | undefined;
  readonly capability?: string | undefined;
  readonly deadlineMs?: number | undefined;
  readonly turnId?: string | undefined;
  /** The workflow run whose step it is. */
  readonly workflowRunId?: string;
  /** Names it inside its turn. */
  readonly key?: string;
  /** The trace context of what caused it. */
  readonly trace?: Trace | undefined;
}

/**
 * Keeps a task that nobody was given yet.
 *
 * One that names a node needs that node to be paired, and the capability, where it names one too, on the node's allow-list; a
 * node whose allow-list is empty may be asked for nothing. One that names only a capability waits for a node that is allowed it.
 *
 * @throws {ProtocolError} `contract_error`, `not_found`, `forbidden`
 */
export async function submitTask(
  unit: TenantUnit,
  { alarms, random }: { alarms: Alarms; random: Random },
  { action, nodeId, capability, deadlineMs, turnId, workflowRunId, key, trace }: NewTask,
): Promise<TaskRecord> {
  if (nodeId === undefined && capability === undefined) {
    throw contractError(['payload', 'node_id'], 'expected `node_id` or `capability`');
  }
  if (jsonBytes(action) > MOST_ACTION_BYTES) {
    throw contractError(['payload', 'action'], `expected at most ${MOST_ACTION_BYTES} bytes of JSON`);
  }
  if (nodeId !== undefined) await refuseNode(unit, nodeId, capability);
  return saveTask(unit, alarms, {
    task: {
      task_id: orderedUuid(random, unit.now),
      status: 'queued',
      action,
      ...(nodeId === undefined ? {} : { node_id: nodeId }),
      ...(capability === undefined ? {} : { capability }),
      ...(turnId === undefined ? {} : { turn_id: turnId }),
      attempt: 0,
      created_at: wireTime(unit.now),
      deadline_at: deadlineMs === undefined ? null : wireTime(unit.now + deadlineMs),
      lease_expires_at: null,
      finished_at: null,
    },
    addressed: nodeId === undefined ? 'capability' : 'node',
    ...(workflowRunId === undefined ? {} : { workflow_run_id: workflowRunId }),
    ...(key === undefined ? {} : { key }),
    ...(trace === undefined ? {} : { trace }),
    adoptable: false,
  });
}

async function refuseNode({ tx, tenant }: TenantUnit, nodeId: string, capability: string | undefined): Promise<void> {
  const pairing = await pairingOf(tx, tenant, nodeId);
  if (pairing?.status !== 'approved') throw notFound('paired node', nodeId);
  if (mayBeAsked(pairing, capability)) return;
  throw new ProtocolError('forbidden', `the node may not be asked for ${capability ?? 'anything'}`, {
    details: { capability_allowlist: pairing.capability_allowlist },
  });
}
