import type { Task, TaskStatus, Trace } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import type { PagedList } from '../paging/newest-page.ts';

/** A task as it is kept. */
export interface TaskRecord {
  readonly task: Task;
  /** Whether `task.node_id` was asked for, or is only whom the task was given to. */
  readonly addressed: 'node' | 'capability';
  /** The workflow run that goes on when it has ended. */
  readonly workflow_run_id?: string;
  /** Names the task inside its turn, where a runner asked for it. */
  readonly key?: string;
  /** The trace context of the request that caused it. */
  readonly trace?: Trace;
  /** The lease of its newest dispatch has ended: another node may be given it. */
  readonly adoptable: boolean;
}

export const TASK_STATUSES = [
  'queued',
  'dispatched',
  'succeeded',
  'failed',
  'cancelled',
  'outcome_unknown',
] as const satisfies readonly TaskStatus[];

export function hasEnded({ status }: Pick<Task, 'status'>): boolean {
  return status !== 'queued' && status !== 'dispatched';
}

const byTime = ({ task }: TaskRecord) => [task.created_at, task.task_id];

export const tasks: Collection<TaskRecord> = {
  name: 'tasks',
  indexes: {
    status: (record) => [record.task.status, ...byTime(record)],
    turn: (record) =>
      record.task.turn_id === undefined ? undefined : [record.task.turn_id, record.task.status, ...byTime(record)],
    key: ({ task, key }) => (task.turn_id === undefined || key === undefined ? undefined : [task.turn_id, key]),
    /** What a node may be given: by its own name, or by a capability. */
    open(record) {
      const { task, addressed, adoptable } = record;
      if (task.status !== 'queued' && !(task.status === 'dispatched' && adoptable)) return undefined;
      if (addressed === 'capability') return ['capability', task.capability ?? '', ...byTime(record)];
      return task.status === 'queued' ? ['node', task.node_id ?? '', ...byTime(record)] : undefined;
    },
    /** What a node was given and has not answered. */
    held: (record) =>
      record.task.status === 'dispatched' ? [record.task.node_id ?? '', ...byTime(record)] : undefined,
  },
};

export const taskList: PagedList<TaskRecord> = {
  name: 'tasks',
  collection: tasks,
  index: 'status',
  place: byTime,
  placeLength: 2,
};

export const turnTaskList: PagedList<TaskRecord> = { ...taskList, index: 'turn' };

/** Every dispatch that was ever made, under its id: what a node says about one is looked up here. */
export interface DispatchRecord {
  readonly task_id: string;
  readonly node_id: string;
}

export const dispatches: Collection<DispatchRecord> = { name: 'dispatches', indexes: {} };

export async function findTask(tx: Transaction, tenant: string, taskId: string): Promise<TaskRecord | undefined> {
  return (await tx.documents.get(tenant, tasks, taskId))?.value;
}
