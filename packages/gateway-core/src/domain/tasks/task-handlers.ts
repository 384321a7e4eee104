import { ProtocolError, type Random, type Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Transaction } from '../../ports/store.ts';
import type { Alarms } from '../alarms/alarms.ts';
import { newestPage } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { unitOf } from '../tenant-unit.ts';
import { turns } from '../turns/turn-records.ts';
import { submitTask } from './submit-task.ts';
import { findTask, hasEnded, TASK_STATUSES, type TaskRecord, taskList, turnTaskList } from './task-records.ts';
import { endTask } from './task-transitions.ts';

type ClientHandlers = Pick<Handlers<Tyrum>, 'task.submit' | 'task.get' | 'task.list' | 'task.cancel'>;

export interface TaskServices {
  readonly alarms: Alarms;
  readonly random: Random;
}

const DEFAULT_PAGE = 50;

/** What clients ask about tasks. */
export function taskHandlers({ alarms, random }: TaskServices): ClientHandlers {
  return {
    async 'task.submit'({ action, node_id, capability, deadline_ms, turn_id }, context) {
      const unit = unitOf(context);
      if (turn_id !== undefined && (await unit.tx.documents.get(unit.tenant, turns, turn_id)) === undefined) {
        throw notFound('turn', turn_id);
      }
      const { task } = await submitTask(
        unit,
        { alarms, random },
        { action, nodeId: node_id, capability, deadlineMs: deadline_ms, turnId: turn_id, trace: unit.trace },
      );
      return { task };
    },

    async 'task.get'({ task_id }, { tx, caller }) {
      return { task: (await existing(tx, caller.tenant, task_id)).task };
    },

    async 'task.list'({ statuses = TASK_STATUSES, turn_id, limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const distinct = [...new Set(statuses)];
      const prefixes = distinct.map((status) => (turn_id === undefined ? [status] : [turn_id, status]));
      const list = turn_id === undefined ? taskList : turnTaskList;
      const { values, next } = await newestPage(tx.documents, caller.tenant, list, { prefixes, limit, cursor });
      return { tasks: values.map(({ task }) => task), next_cursor: next };
    },

    async 'task.cancel'({ task_id, reason }, context) {
      const unit = unitOf(context);
      const record = await existing(unit.tx, unit.tenant, task_id);
      if (record.task.status === 'cancelled') return { task: record.task };
      if (hasEnded(record.task)) {
        throw new ProtocolError('invalid_state', 'the task has ended already', { details: { task: record.task } });
      }
      const error = { code: 'cancelled', message: reason ?? 'the task was cancelled' };
      return { task: (await endTask(unit, alarms, record, { status: 'cancelled', error })).task };
    },
  };
}

async function existing(tx: Transaction, tenant: string, taskId: string): Promise<TaskRecord> {
  const record = await findTask(tx, tenant, taskId);
  if (record === undefined) throw notFound('task', taskId);
  return record;
}
