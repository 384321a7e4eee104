import type { Random, Task } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { EndWaiters } from '../end-waiters.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import type { TurnTasks } from '../turns/turn-context.ts';
import { submitTask } from './submit-task.ts';
import { type TaskRecord, tasks } from './task-records.ts';
import { endTask } from './task-transitions.ts';

/** The tasks of turns: begun once for their key, and ended with their turn. */
export interface TasksOfTurns extends TurnTasks {
  /** Cancels what a cancelled turn has not done, in the same transaction. */
  cancelOf(unit: TenantUnit, turnId: string, reason: string): Promise<void>;
}

export interface TurnTaskOptions {
  readonly alarms: Alarms;
  readonly random: Random;
  readonly waiters: EndWaiters<Task>;
}

/** What is cancelled together with a turn; more than that follows at once, a batch at a time. */
const BATCH = 100;
const CANCEL = 'turn.tasks.cancel';

export function createTurnTasks({ alarms, random, waiters }: TurnTaskOptions): TasksOfTurns {
  async function cancelOf(unit: TenantUnit, turnId: string, message: string): Promise<void> {
    let left = BATCH;
    for (const status of ['queued', 'dispatched']) {
      if (left === 0) break;
      const query = { index: 'turn', prefix: [turnId, status], limit: left };
      const { items } = await unit.tx.documents.list(unit.tenant, tasks, query);
      left -= items.length;
      for (const { value } of items) {
        await endTask(unit, alarms, value, { status: 'cancelled', error: { code: 'cancelled', message } });
      }
    }
    if (left === 0) await alarms.set(unit, CANCEL, turnId, unit.now);
  }

  alarms.on(CANCEL, (unit, turnId) => cancelOf(unit, turnId, 'the turn was cancelled'));

  return {
    cancelOf,
    async perform({ turnId, key, request, trace, write }, signal) {
      const { action, nodeId, capability, deadlineMs } = request;
      const record = await write(async (unit) => {
        const earlier = await findByKey(unit.tx, unit.tenant, turnId, key);
        if (earlier !== undefined) return earlier;
        return submitTask(unit, { alarms, random }, { action, nodeId, capability, deadlineMs, turnId, key, trace });
      });
      const look = () => write((unit) => findByKey(unit.tx, unit.tenant, turnId, key));
      return waiters.once(record.task.task_id, signal, async () => (await look())?.task ?? record.task);
    },
  };
}

async function findByKey(
  tx: Transaction,
  tenant: string,
  turnId: string,
  key: string,
): Promise<TaskRecord | undefined> {
  return (await tx.documents.list(tenant, tasks, { index: 'key', prefix: [turnId, key], limit: 1 })).items[0]?.value;
}
