import type { EventScope, Task } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { wakeWorkflow } from '../workflows/workflow-alarm.ts';
import { type TaskRecord, tasks } from './task-records.ts';

/** How a task ends. */
export type TaskEnd =
  | { readonly status: 'succeeded'; readonly result?: unknown; readonly evidence?: unknown }
  | {
      readonly status: 'failed' | 'cancelled' | 'outcome_unknown';
      readonly error: { readonly code: string; readonly message: string };
    };

/** Why a task ends that nobody did in time. */
export const PAST_DEADLINE = { code: 'timeout', message: 'the task was not done before its deadline' } as const;

/** The one alarm of a task: for its lease or its deadline, whichever comes first. */
export const TASK_ALARM = 'task';

/** Keeps a changed task, says so, and sets its alarm. */
export async function saveTask(unit: TenantUnit, alarms: Alarms, record: TaskRecord): Promise<TaskRecord> {
  await keepTask(unit, alarms, record);
  await unit.events.append('task.updated', { task: record.task }, taskScope(record.task));
  return record;
}

/** Keeps a task whose change is nobody's news: a lease that goes on. */
export async function keepTask(unit: TenantUnit, alarms: Alarms, record: TaskRecord): Promise<void> {
  const { task } = record;
  await unit.tx.documents.put(unit.tenant, tasks, task.task_id, record);
  const due = dueOf(record);
  if (due === undefined) await alarms.clear(unit, TASK_ALARM, task.task_id);
  else await alarms.set(unit, TASK_ALARM, task.task_id, due);
}

/** Ends a task, and lets the workflow run go on that waited for it. */
export async function endTask(unit: TenantUnit, alarms: Alarms, record: TaskRecord, end: TaskEnd): Promise<TaskRecord> {
  const task: Task = {
    ...record.task,
    status: end.status,
    finished_at: wireTime(unit.now),
    lease_expires_at: null,
    ...(end.status === 'succeeded' ? outcomeOf(end) : { error: end.error }),
  };
  if (record.workflow_run_id !== undefined) await wakeWorkflow(unit, alarms, record.workflow_run_id);
  return saveTask(unit, alarms, { ...record, task, adoptable: false });
}

function outcomeOf({ result, evidence }: { readonly result?: unknown; readonly evidence?: unknown }) {
  return { ...(result === undefined ? {} : { result }), ...(evidence === undefined ? {} : { evidence }) };
}

/** When something must be done about a task that nobody does anything about. */
function dueOf({ task, adoptable }: TaskRecord): number | undefined {
  const times = [
    task.status === 'queued' || task.status === 'dispatched' ? task.deadline_at : null,
    task.status === 'dispatched' && !adoptable ? task.lease_expires_at : null,
  ].flatMap((time) => (time === null ? [] : [Date.parse(time)]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What the events of a task route by: the turn that it belongs to. Never its node, to whom alone such an event would go. */
export function taskScope({ turn_id }: Pick<Task, 'turn_id'>): { readonly scope?: EventScope } {
  return turn_id === undefined ? {} : { scope: { kind: 'turn', turn_id } };
}
